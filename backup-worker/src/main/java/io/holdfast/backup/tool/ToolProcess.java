package io.holdfast.backup.tool;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Runs a program as a child and hands over what it writes, as it comes. However it ends (well, badly, too late, by an
 * interrupt of the calling thread, by a failure of whoever takes the bytes), the child is gone afterwards.
 */
public final class ToolProcess {
    private static final int BUFFER_BYTES = 128 << 10;
    private static final List<String> INHERITED = List.of("PATH", "LD_LIBRARY_PATH", "TZ");

    private final ToolCommand command;
    private final ToolLimits limits;

    public ToolProcess(ToolCommand command, ToolLimits limits) {
        this.command = command;
        this.limits = limits;
    }

    /** Takes what a child writes. */
    @FunctionalInterface
    public interface Output {
        /** Some bytes; the array is used again. */
        void take(byte[] bytes, int length) throws IOException;
    }

    /**
     * Runs the program to its end.
     *
     * @throws ToolException if it could not be started, ended badly or had to be stopped
     * @throws InterruptedException if the calling thread was interrupted
     * @throws IOException what {@code output} threw
     */
    public void run(Output output) throws IOException, InterruptedException {
        Process child = start();
        ErrorTail tail = new ErrorTail();
        Thread errors =
                Thread.ofVirtual().name("errors-of-", child.pid()).start(() -> tail.drain(child.getErrorStream()));
        ChildWatch watch = ChildWatch.over(child.toHandle(), Thread.currentThread(), limits);
        int exitCode;
        try {
            child.getOutputStream().close();
            pass(child.getInputStream(), output, watch);
            exitCode = child.waitFor();
        } finally {
            watch.end();
            reap(child, errors);
        }
        if (Thread.interrupted()) {
            throw new InterruptedException(command.name() + " was stopped");
        }
        watch.throwIfStuck(command.name(), tail);
        if (exitCode != 0) {
            throw new ToolException.Failed(command.name() + " ended with " + ending(exitCode) + ".", tail.lastLines());
        }
    }

    private Process start() throws ToolException {
        List<String> vector = new ArrayList<>();
        vector.add(command.program().toString());
        vector.addAll(command.arguments());
        ProcessBuilder builder = new ProcessBuilder(vector);
        Map<String, String> environment = builder.environment();
        environment.keySet().retainAll(INHERITED);
        // Messages are looked at, so they must be in English.
        environment.put("LC_ALL", "C");
        environment.putAll(command.environment());
        try {
            return builder.start();
        } catch (IOException e) {
            throw new ToolException.Failed(command.program() + " cannot be started: " + e.getMessage(), e);
        }
    }

    private static void pass(InputStream from, Output output, ChildWatch watch) throws IOException {
        byte[] buffer = new byte[BUFFER_BYTES];
        while (true) {
            watch.listening();
            int n = from.read(buffer);
            watch.heard();
            if (n < 0) {
                watch.listening();
                return;
            }
            output.take(buffer, n);
        }
    }

    // By process id, its descendants too: pg_dump has none, but a wrapper in front of it may.
    private static void reap(Process child, Thread errors) throws InterruptedException {
        boolean interrupted = false;
        child.descendants().forEach(ProcessHandle::destroyForcibly);
        child.toHandle().destroyForcibly();
        while (true) {
            try {
                child.waitFor();
                errors.join();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static String ending(int exitCode) {
        // The JDK reports a death by signal n as 128 + n.
        return exitCode > 128 ? "signal " + (exitCode - 128) : "exit code " + exitCode;
    }
}
