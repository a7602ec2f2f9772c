package io.holdfast.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/** The pages of a cluster's databases at one moment, each as a checksum: what has changed since another moment. */
final class Pages {
    private static final int PAGE = 8192;

    private final Map<String, int[]> files = new HashMap<>();

    static Pages of(Path data) throws IOException {
        Pages pages = new Pages();
        try (Stream<Path> all = Files.walk(data.resolve("base"))) {
            for (Path file : (Iterable<Path>) all.filter(Files::isRegularFile)::iterator) {
                pages.files.put(data.relativize(file).toString(), sums(file));
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        return pages;
    }

    private static int[] sums(Path file) throws IOException {
        int[] sums = new int[(int) ((Files.size(file) + PAGE - 1) / PAGE)];
        CRC32C sum = new CRC32C();
        try (InputStream in = Files.newInputStream(file)) {
            for (int page = 0; page < sums.length; page++) {
                sum.reset();
                sum.update(in.readNBytes(PAGE));
                sums[page] = (int) sum.getValue();
            }
        }
        return sums;
    }

    /** Which share of this moment's pages was not the same before; of the named files and their segments, or of all. */
    double changedSince(Pages before, List<String> paths) {
        long pages = 0;
        long changed = 0;
        for (Map.Entry<String, int[]> file : files.entrySet()) {
            if (paths.isEmpty() || paths.contains(file.getKey().replaceFirst("\\.\\d+$", ""))) {
                int[] now = file.getValue();
                int[] then = Arrays.copyOf(before.files.getOrDefault(file.getKey(), new int[0]), now.length);
                pages += now.length;
                for (int page = 0; page < now.length; page++) {
                    changed += now[page] == then[page] ? 0 : 1;
                }
            }
        }
        return pages == 0 ? 0 : (double) changed / pages;
    }
}
