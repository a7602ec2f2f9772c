package io.holdfast.backup.tool;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Reads a child's standard error to its end, so that the child never blocks on it, and keeps the last of it. */
final class ErrorTail {
    private static final int KEPT_BYTES = 4096;
    private static final int KEPT_LINES = 5;
    private static final int LONGEST_LINE = 300;

    private final byte[] ring = new byte[KEPT_BYTES];
    private long total;

    /** Reads until the end; for a thread of its own. */
    void drain(InputStream errors) {
        byte[] buffer = new byte[1024];
        try {
            for (int n = errors.read(buffer); n >= 0; n = errors.read(buffer)) {
                keep(buffer, n);
            }
        } catch (IOException e) {
            keep(("(the rest could not be read: " + e.getMessage() + ")").getBytes(StandardCharsets.UTF_8));
        }
    }

    private void keep(byte[] bytes) {
        keep(bytes, bytes.length);
    }

    private synchronized void keep(byte[] bytes, int length) {
        for (int i = 0; i < length; i++) {
            ring[(int) (total++ % KEPT_BYTES)] = bytes[i];
        }
    }

    /** The last lines, joined by {@code |}, without control characters. */
    synchronized String lastLines() {
        int length = (int) Math.min(total, KEPT_BYTES);
        byte[] kept = new byte[length];
        for (int i = 0; i < length; i++) {
            kept[i] = ring[(int) ((total - length + i) % KEPT_BYTES)];
        }
        List<String> lines = new String(kept, StandardCharsets.UTF_8)
                .lines()
                .map(line -> line.replaceAll("\\p{Cntrl}", " ").strip())
                .filter(line -> !line.isEmpty())
                .map(line -> line.length() > LONGEST_LINE ? line.substring(0, LONGEST_LINE) + "…" : line)
                .toList();
        return String.join(" | ", lines.subList(Math.max(0, lines.size() - KEPT_LINES), lines.size()));
    }
}
