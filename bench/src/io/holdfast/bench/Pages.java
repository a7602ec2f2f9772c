package io.holdfast.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
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

    /** Writes into this share of the pages of the files below a directory, by chance but always the same ones. */
    static void spoil(Path directory, double share) throws IOException {
        Random random = new Random(1);
        List<Path> files;
        try (Stream<Path> all = Files.walk(directory)) {
            files = all.filter(Files::isRegularFile).sorted().toList();
        }
        for (Path file : files) {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                long pages = channel.size() / PAGE;
                for (long page = 0; page < pages; page++) {
                    if (random.nextDouble() < share) {
                        channel.write(ByteBuffer.wrap(new byte[] {1, 2, 3, 4, 5, 6, 7, 8}), page * PAGE + 4096);
                    }
                }
            }
        }
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
