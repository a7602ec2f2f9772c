package io.holdfast.cli.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One process and no other: its id together with the moment of its start, since ids are used again. Reads Linux's
 * {@code /proc} (proc_pid_stat(5)); the start there counts from the boot, so it stays true when the clock is set.
 *
 * @param pid   its id
 * @param ticks clock ticks from the boot to its start
 * @param boot  which boot that was
 */
record ProcessIdentity(long pid, long ticks, String boot) {
    private static final Path PROC = Path.of("/proc");

    /** Who runs under this id now; empty when nobody does. */
    static Optional<ProcessIdentity> of(long pid) {
        return Stat.of(pid).filter(Stat::runs).map(stat -> new ProcessIdentity(pid, stat.ticks, bootId()));
    }

    /** Whether this very process still runs; one that ended and was not waited for does not. */
    boolean isAlive() {
        return of(pid).filter(this::equals).isPresent();
    }

    /**
     * What runs in the session that this process leads or led, itself included. An id cannot be given to a new process
     * while a session bears it; should it lead another one by now, there is nothing of ours in it.
     */
    List<ProcessIdentity> session() {
        if (!boot.equals(bootId())) {
            return List.of();
        }
        Optional<Stat> leader = Stat.of(pid);
        if (leader.isPresent() && leader.get().ticks != ticks) {
            return List.of();
        }
        return all().filter(process ->
                        process.stat().filter(stat -> stat.session == pid).isPresent() && process.ticks >= ticks)
                .toList();
    }

    boolean isParentOf(ProcessIdentity other) {
        return other.stat().filter(stat -> stat.parent == pid).isPresent();
    }

    /** What runs a program that lies below a folder, as far as we may know. */
    static Set<ProcessIdentity> runningFrom(Path folder) {
        return all().filter(process -> {
                    Path program = process.link("exe");
                    return program != null && program.startsWith(folder);
                })
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    /** What has a folder as its working directory, as a PostgreSQL server has its data directory; as far as we may know. */
    static Set<ProcessIdentity> workingIn(Path folder) {
        return all().filter(process -> folder.equals(process.link("cwd")))
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private @Nullable Path link(String name) {
        try {
            return Files.readSymbolicLink(PROC.resolve(Long.toString(pid)).resolve(name));
        } catch (IOException e) {
            // It ended, or is somebody else's.
            return null;
        }
    }

    private Optional<Stat> stat() {
        return Stat.of(pid).filter(stat -> stat.ticks == ticks);
    }

    private static Stream<ProcessIdentity> all() {
        List<ProcessIdentity> found = new ArrayList<>();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
            for (Path each : processes) {
                of(Long.parseLong(each.getFileName().toString())).ifPresent(found::add);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot list " + PROC, e);
        }
        return found.stream();
    }

    private static String bootId() {
        try {
            return Files.readString(PROC.resolve("sys/kernel/random/boot_id")).strip();
        } catch (IOException e) {
            throw new UncheckedIOException("the local mode needs Linux's /proc", e);
        }
    }

    private record Stat(char state, long parent, long session, long ticks) {
        static Optional<Stat> of(long pid) {
            try {
                String line = Files.readString(PROC.resolve(Long.toString(pid)).resolve("stat"));
                // The second field is the name in parentheses and may hold blanks; the third comes after the last ')'.
                String[] fields = line.substring(line.lastIndexOf(')') + 2).split(" ");
                return Optional.of(new Stat(
                        fields[0].charAt(0),
                        Long.parseLong(fields[1]),
                        Long.parseLong(fields[3]),
                        Long.parseLong(fields[19])));
            } catch (IOException e) {
                // It ended, perhaps just now.
                return Optional.empty();
            }
        }

        boolean runs() {
            return state != 'Z' && state != 'X';
        }
    }
}
