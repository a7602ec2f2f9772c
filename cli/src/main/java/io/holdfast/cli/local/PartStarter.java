package io.holdfast.cli.local;

import io.holdfast.cli.output.CommandFailure;
import io.holdfast.cli.output.ExitCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Starts parts and waits until they can be used. Remembers what it started, so that a start cut short is undone. */
final class PartStarter {
    private static final int TAIL_LINES = 20;

    private final InstanceFolder folder;
    private final ProcessBook book;
    private final StartReport report;
    private final Duration patience;
    private final List<Part> started = new ArrayList<>();
    private boolean closed;

    PartStarter(InstanceFolder folder, ProcessBook book, StartReport report, Duration patience) {
        this.folder = folder;
        this.book = book;
        this.report = report;
        this.patience = patience;
    }

    /** Starts those that do not run, all at once, and returns when every one is ready. */
    void start(List<? extends Part> parts) throws IOException, CommandFailure {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> starts = new ArrayList<>();
            for (Part part : parts) {
                starts.add(threads.submit(() -> {
                    startOne(part);
                    return null;
                }));
            }
            try {
                for (Future<?> start : starts) {
                    start.get();
                }
            } catch (ExecutionException e) {
                starts.forEach(start -> start.cancel(true));
                switch (e.getCause()) {
                    case CommandFailure failure -> throw failure;
                    case IOException failure -> throw failure;
                    case null, default -> throw new IllegalStateException("while starting", e.getCause());
                }
            } catch (InterruptedException e) {
                starts.forEach(start -> start.cancel(true));
                Thread.currentThread().interrupt();
                throw new IOException("interrupted while starting", e);
            }
        }
    }

    /** No more starts from now on; returns what was started. */
    List<Part> close() {
        synchronized (started) {
            closed = true;
            return List.copyOf(started);
        }
    }

    private void startOne(Part part) throws IOException, CommandFailure, InterruptedException {
        Optional<ProcessIdentity> running = book.running(part.name());
        if (running.isPresent() && part.isReady()) {
            return;
        }
        long begin = System.nanoTime();
        report.starting(part.name());
        ProcessIdentity process = running.isPresent() ? running.get() : spawn(part);
        while (!part.isReady()) {
            if (!process.isAlive()) {
                if (isClosed()) {
                    // It did not fail: whoever gave the start up stopped it.
                    throw givenUp();
                }
                throw failure(part, "ended while it started");
            }
            if (System.nanoTime() - begin > patience.toNanos()) {
                throw failure(part, "was not ready after " + patience.toSeconds() + " s");
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
        part.onceReady();
        report.ready(part.name(), Duration.ofNanos(System.nanoTime() - begin));
    }

    private ProcessIdentity spawn(Part part) throws IOException, CommandFailure {
        Launch launch = part.prepare();
        // Together, so that whoever closes this starter meanwhile sees each process that exists.
        synchronized (started) {
            if (closed) {
                throw givenUp();
            }
            Optional<ProcessIdentity> process = ProcessLauncher.start(launch, folder.log(part.name()));
            if (process.isEmpty()) {
                throw failure(part, "ended at once");
            }
            book.enter(part.name(), process.get());
            started.add(part);
            return process.get();
        }
    }

    private boolean isClosed() {
        synchronized (started) {
            return closed;
        }
    }

    private static IOException givenUp() {
        return new IOException("the start was given up");
    }

    private CommandFailure failure(Part part, String what) throws IOException {
        Path log = folder.log(part.name());
        return new CommandFailure(
                ExitCode.LOCAL_MODE,
                part.name() + " " + what + "; the end of " + log + ":\n" + tail(log),
                "look at the lines above, mend what they name, and start again");
    }

    private static String tail(Path log) throws IOException {
        if (!Files.exists(log)) {
            return "  (nothing was written)";
        }
        List<String> lines = new String(Files.readAllBytes(log), StandardCharsets.UTF_8)
                .lines()
                .toList();
        return String.join(
                "\n",
                lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size()).stream()
                        .map(line -> "  " + line)
                        .toList());
    }
}
