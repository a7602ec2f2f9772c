package io.holdfast.cli.local;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Stops processes: asks, waits, and ends what does not listen. Touches only processes that are the very ones meant. */
final class PartStopper {
    private static final Duration GRACE = Duration.ofSeconds(15);
    private static final Duration AFTER_KILL = Duration.ofSeconds(5);

    private final ProcessBook book;
    private final StartReport report;

    PartStopper(ProcessBook book, StartReport report) {
        this.book = book;
        this.report = report;
    }

    /**
     * Stops parts, all at once, with everything they started and left running.
     *
     * @return what runs all the same
     */
    List<ProcessIdentity> stop(Collection<? extends Part> parts) throws IOException {
        Map<ProcessIdentity, String> asked = new LinkedHashMap<>();
        Set<ProcessIdentity> followers = new LinkedHashSet<>();
        for (Part part : parts) {
            Optional<ProcessIdentity> process = book.running(part.name());
            followers.addAll(book.followers(part.name()));
            if (process.isPresent()) {
                followers.addAll(descendants(process.get()));
                report.stopping(part.name());
                asked.put(process.get(), part.stopSignal());
            }
        }
        stop(asked);
        // What is left of those that a part started is a restored server: this signal is its fast shutdown.
        stopFollowers(followers);
        book.tidy();
        followers.addAll(asked.keySet());
        return followers.stream().filter(ProcessIdentity::isAlive).toList();
    }

    /**
     * Stops what runs a program out of the folder, whoever started it: only for a folder whose programs are the instance's own,
     * such as its PostgreSQL installations.
     */
    List<ProcessIdentity> stopProgramsOf(Path folder) throws IOException {
        Set<ProcessIdentity> running = ProcessIdentity.runningFrom(folder);
        stopFollowers(running);
        return running.stream().filter(ProcessIdentity::isAlive).toList();
    }

    /**
     * Stops servers that restores started, whether their worker lives or not.
     *
     * @return what runs all the same
     */
    List<ProcessIdentity> stopRestored(RestoredServers servers) throws IOException {
        Set<ProcessIdentity> running = servers.running();
        stopFollowers(running);
        servers.tidy();
        return running.stream().filter(ProcessIdentity::isAlive).toList();
    }

    /** The signal goes to the postmaster alone: to one of its children it would mean something else. */
    private void stopFollowers(Set<ProcessIdentity> followers) throws IOException {
        Map<ProcessIdentity, String> uppermost = new LinkedHashMap<>();
        for (ProcessIdentity process : followers) {
            if (process.isAlive() && followers.stream().noneMatch(other -> other.isParentOf(process))) {
                report.stopping("what was left running, process " + process.pid());
                uppermost.put(process, "INT");
            }
        }
        stop(uppermost);
        if (!allEnded(followers, AFTER_KILL)) {
            for (ProcessIdentity process : followers) {
                ProcessLauncher.signal(process, "KILL");
            }
            allEnded(followers, AFTER_KILL);
        }
    }

    private static List<ProcessIdentity> descendants(ProcessIdentity process) {
        return ProcessHandle.of(process.pid()).stream()
                .flatMap(ProcessHandle::descendants)
                .flatMap(handle -> ProcessIdentity.of(handle.pid()).stream())
                .toList();
    }

    private static void stop(Map<ProcessIdentity, String> processes) throws IOException {
        for (Map.Entry<ProcessIdentity, String> process : processes.entrySet()) {
            ProcessLauncher.signal(process.getKey(), process.getValue());
            // One that is stopped (SIGSTOP) hears nothing else before this.
            ProcessLauncher.signal(process.getKey(), "CONT");
        }
        if (!allEnded(processes.keySet(), GRACE)) {
            for (ProcessIdentity process : processes.keySet()) {
                ProcessLauncher.signal(process, "KILL");
            }
            allEnded(processes.keySet(), AFTER_KILL);
        }
    }

    private static boolean allEnded(Set<ProcessIdentity> processes, Duration patience) throws IOException {
        long end = System.nanoTime() + patience.toNanos();
        while (processes.stream().anyMatch(ProcessIdentity::isAlive)) {
            if (System.nanoTime() > end) {
                return false;
            }
            try {
                TimeUnit.MILLISECONDS.sleep(50);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted while stopping", e);
            }
        }
        return true;
    }
}
