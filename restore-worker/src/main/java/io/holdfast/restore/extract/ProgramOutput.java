package io.holdfast.restore.extract;

import java.io.BufferedReader;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * What a program writes. That it ended well shows at the end of the stream, which throws otherwise: a part is never taken for
 * the whole. Closing it before ends the program. For one thread.
 */
final class ProgramOutput extends FilterInputStream {
    private static final int MOST_LINES = 8;
    private static final int LONGEST_LINE = 300;
    private static final long SECONDS_TO_END = 5;

    private final String name;
    private final Process process;
    private final List<String> said = new ArrayList<>();
    private final Thread listener;

    ProgramOutput(String name, Process process) {
        super(process.getInputStream());
        this.name = name;
        this.process = process;
        this.listener = Thread.ofVirtual().name(name + "-messages").start(this::listen);
    }

    private void listen() {
        try (BufferedReader lines = process.errorReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                note(line.length() > LONGEST_LINE ? line.substring(0, LONGEST_LINE) + "…" : line);
            }
        } catch (IOException closed) {
            note(String.valueOf(closed.getMessage()));
        }
    }

    private synchronized void note(String line) {
        said.add(line);
        if (said.size() > MOST_LINES) {
            said.removeFirst();
        }
    }

    private synchronized String said() {
        return String.join(" | ", said);
    }

    @Override
    public int read() throws IOException {
        int one = in.read();
        if (one < 0) {
            requireEndedWell();
        }
        return one;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        int count = in.read(bytes, offset, length);
        if (count < 0) {
            requireEndedWell();
        }
        return count;
    }

    private void requireEndedWell() throws IOException {
        try {
            int exitCode = process.waitFor();
            listener.join(TimeUnit.SECONDS.toMillis(SECONDS_TO_END));
            if (exitCode != 0) {
                throw new IOException(name + " ended with exit code " + exitCode + ": " + said());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw (IOException) new InterruptedIOException(name + " is to stop").initCause(e);
        }
    }

    /** What is still being written breaks the writer's pipe, also where it runs behind another process. */
    @Override
    public void close() throws IOException {
        boolean interrupted = Thread.interrupted();
        try {
            super.close();
            process.destroy();
            if (!process.waitFor(SECONDS_TO_END, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            interrupted = true;
            process.destroyForcibly();
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
