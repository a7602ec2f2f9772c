package io.holdfast.bench;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** What processes have used of the processors, by proc(5). */
final class Processes {
    /** Clock ticks of /proc; the kernel's interface is fixed to this. */
    private static final double TICKS_PER_SECOND = 100;

    private Processes() {}

    /** Of a server: of the postmaster, what it has waited for, and what lives of its children. */
    static double ofServer(Path data) throws IOException {
        long postmaster = Long.parseLong(
                Files.readAllLines(data.resolve("postmaster.pid")).getFirst().strip());
        Optional<ProcessHandle> handle = ProcessHandle.of(postmaster);
        if (handle.isEmpty()) {
            return 0;
        }
        try (Stream<ProcessHandle> children = handle.get().descendants()) {
            return withEnded(postmaster) + children.mapToDouble(child -> own(child.pid())).sum();
        }
    }

    /** User and system seconds of a process. */
    static double own(long pid) {
        return seconds(pid, 2);
    }

    /** The same, and those of children that it has waited for. */
    static double withEnded(long pid) {
        return seconds(pid, 4);
    }

    private static double seconds(long pid, int fields) {
        String[] stat = stat(pid);
        double sum = 0;
        for (int i = 0; i < fields && stat.length > 11 + i; i++) {
            sum += Double.parseDouble(stat[11 + i]);
        }
        return sum / TICKS_PER_SECOND;
    }

    /** What is behind the name; empty where the process has ended. */
    private static String[] stat(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
            return stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        } catch (IOException e) {
            return new String[0];
        }
    }

    /** Adds up what programs use that left whoever started them: looked at ten times a second while they live. */
    static final class Daemons implements AutoCloseable {
        private final String mark;
        private final Map<Long, Double> used = new ConcurrentHashMap<>();
        private final Thread thread = Thread.ofPlatform().daemon().name("daemons").unstarted(this::look);
        private volatile boolean ended;

        /** @param mark what all of them have in their arguments */
        Daemons(String mark) {
            this.mark = mark;
            thread.start();
        }

        private void look() {
            while (!ended) {
                try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
                    for (Path process : processes) {
                        long pid = Long.parseLong(process.getFileName().toString());
                        if (isMarked(process) && isDaemon(pid)) {
                            used.put(pid, own(pid));
                        }
                    }
                    Thread.sleep(100);
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return;
                }
            }
        }

        private boolean isMarked(Path process) {
            try {
                return Files.readString(process.resolve("cmdline"), java.nio.charset.StandardCharsets.ISO_8859_1)
                        .contains(mark);
            } catch (IOException e) {
                return false; // It has ended since.
            }
        }

        /** Whether neither a server nor this program stands above it: what those start is counted with them. */
        private static boolean isDaemon(long pid) {
            for (long above = parent(pid); above > 1; above = parent(above)) {
                if (above == ProcessHandle.current().pid() || name(above).equals("postgres")) {
                    return false;
                }
            }
            return true;
        }

        private static long parent(long pid) {
            String[] stat = stat(pid);
            return stat.length < 2 ? 0 : Long.parseLong(stat[1]);
        }

        private static String name(long pid) {
            try {
                return Files.readString(Path.of("/proc/" + pid + "/comm")).strip();
            } catch (IOException e) {
                return ""; // It has ended since.
            }
        }

        double seconds() {
            return used.values().stream().mapToDouble(Double::doubleValue).sum();
        }

        @Override
        public void close() throws InterruptedException {
            ended = true;
            thread.join();
        }
    }
}
