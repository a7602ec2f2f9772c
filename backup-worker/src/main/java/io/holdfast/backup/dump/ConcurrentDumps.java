package io.holdfast.backup.dump;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Dumps, so many at a time. The first that fails ends the others, and what it failed of is what is told. */
final class ConcurrentDumps {
    private ConcurrentDumps() {}

    /** One of them. An interrupt of its thread ends it. */
    @FunctionalInterface
    interface Dump {
        void run() throws IOException, InterruptedException;
    }

    /** Returns when all are done; however it ends, none runs afterwards. */
    static void run(List<Dump> dumps, int jobs) throws IOException, InterruptedException {
        try (ExecutorService threads = Executors.newFixedThreadPool(
                jobs, Thread.ofPlatform().daemon().name("holdfast-dump-", 0).factory())) {
            CompletionService<Boolean> done = new ExecutorCompletionService<>(threads);
            for (Dump each : dumps) {
                done.submit(() -> {
                    each.run();
                    return true;
                });
            }
            try {
                for (int i = 0; i < dumps.size(); i++) {
                    done.take().get();
                }
            } catch (ExecutionException e) {
                throw unwrapped(e);
            } finally {
                // Closing waits until the interrupted ones have ended their programs.
                threads.shutdownNow();
            }
        }
    }

    private static IOException unwrapped(ExecutionException e) throws InterruptedException {
        return switch (e.getCause()) {
            case IOException known -> known;
            case InterruptedException stopped -> throw stopped;
            case RuntimeException unexpected -> throw unexpected;
            case Error error -> throw error;
            case null, default -> throw new IllegalStateException("A dump failed", e);
        };
    }
}
