package io.holdfast.backup.tool;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Runs a program as a child and hands over what it writes, as it comes. However it ends (well, badly, too late, by an
 * interrupt of the calling thread, by a failure of whoever takes the bytes), the child is gone afterwards.
 */
public final class ToolProcess {
    private static final Duration GLANCE = Duration.ofMillis(50);
    private static final int GLANCES_AFTER_END = 100;

    /** How long an ended child's standard error is read on. */
    private static final Duration LAST_WORDS = Duration.ofSeconds(2);

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
        int exitCode;
        try (ChildOutput from = new ChildOutput(child.getInputStream(), "output-of-" + child.pid())) {
            child.getOutputStream().close();
            exitCode = new Following(child, from, tail).toTheEnd(output);
        } finally {
            reap(child, errors);
        }
        if (exitCode != 0) {
            throw failed(exitCode, tail);
        }
    }

    private ToolException failed(int exitCode, ErrorTail tail) {
        return new ToolException.Failed(command.name() + " ended with " + ending(exitCode) + ".", tail.lastLines());
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

    /** From the start of a child to its end, within the limits. */
    private final class Following {
        private final Process child;
        private final ChildOutput from;
        private final ErrorTail tail;
        private final long startedAt = System.nanoTime();
        private long listeningSince = startedAt;
        private long endedFor;

        Following(Process child, ChildOutput from, ErrorTail tail) {
            this.child = child;
            this.from = from;
            this.tail = tail;
        }

        /** @return the exit code */
        int toTheEnd(Output output) throws IOException, InterruptedException {
            while (true) {
                ChildOutput.Piece piece = from.poll(GLANCE);
                if (piece == null) {
                    requireItsPipeEnds();
                } else if (piece.isEnd()) {
                    break;
                } else {
                    output.take(piece.bytes(), piece.length());
                    from.giveBack(piece);
                    // The time that the taker took is not the child's silence.
                    listeningSince = System.nanoTime();
                    endedFor = 0;
                }
                requireWithinLimits();
            }
            listeningSince = System.nanoTime();
            while (!child.waitFor(GLANCE.toMillis(), TimeUnit.MILLISECONDS)) {
                requireWithinLimits();
            }
            return child.exitValue();
        }

        private void requireWithinLimits() throws ToolException {
            long now = System.nanoTime();
            if (now - listeningSince > limits.silence().toNanos()) {
                throw new ToolException.Stuck(
                        command.name(), "wrote nothing for too long", limits.silence(), tail.lastLines());
            }
            if (now - startedAt > limits.total().toNanos()) {
                throw new ToolException.Stuck(command.name(), "took too long", limits.total(), tail.lastLines());
            }
        }

        /** All that an ended child wrote is in its pipe: one that does not end then is held by somebody else. */
        private void requireItsPipeEnds() throws ToolException {
            if (child.isAlive()) {
                return;
            }
            endedFor++;
            if (endedFor < GLANCES_AFTER_END) {
                return;
            }
            if (child.exitValue() != 0) {
                throw failed(child.exitValue(), tail);
            }
            throw new ToolException.BadOutput(command.name()
                    + " ended, but a process that it left behind keeps its output open: it may not be whole.");
        }
    }

    // By process id, its descendants too: pg_dump has none, but a wrapper in front of it may. Those that it left behind
    // are nobody's any more and cannot be told from others; they may keep its pipes, so these are not waited for.
    private static void reap(Process child, Thread errors) throws InterruptedException {
        boolean interrupted = false;
        child.descendants().forEach(ProcessHandle::destroyForcibly);
        child.toHandle().destroyForcibly();
        while (true) {
            try {
                child.waitFor();
                if (!errors.join(LAST_WORDS)) {
                    errors.interrupt();
                }
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
