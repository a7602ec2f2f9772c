package io.holdfast.cli.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** How much memory a process holds, with those it started: the sum of PSS, which counts shared pages once. */
final class ResidentMemory {
    private ResidentMemory() {}

    /** In bytes; 0 for what cannot be read. */
    static long of(ProcessIdentity process) {
        return process.session().stream()
                .mapToLong(member -> kilobytes(member.pid()) * 1024)
                .sum();
    }

    private static long kilobytes(long pid) {
        try {
            return Files.readAllLines(Path.of("/proc", Long.toString(pid), "smaps_rollup")).stream()
                    .filter(line -> line.startsWith("Pss:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                    .findFirst()
                    .orElse(0);
        } catch (IOException e) {
            // It ended meanwhile.
            return 0;
        }
    }
}
