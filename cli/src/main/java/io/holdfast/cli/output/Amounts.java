package io.holdfast.cli.output;

import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** Amounts as people read them. */
public final class Amounts {
    private static final List<String> UNITS = List.of("B", "kB", "MB", "GB", "TB", "PB", "EB");

    private Amounts() {}

    /** Bytes in powers of 1000: {@code 999 B}, {@code 1.5 MB}. */
    public static String bytes(long bytes) {
        double amount = bytes;
        int unit = 0;
        // What would be rounded to 1000 is one of the next unit already.
        while (amount >= (unit == 0 ? 1000 : 999.95) && unit < UNITS.size() - 1) {
            amount /= 1000;
            unit++;
        }
        return unit == 0
                ? bytes + " B"
                : String.format(Locale.ROOT, amount < 9.995 ? "%.2f %s" : "%.1f %s", amount, UNITS.get(unit));
    }

    /** A length of time: {@code 0.8 s}, {@code 42 s}, {@code 3 min 05 s}, {@code 2 h 10 min}. */
    public static String duration(Duration duration) {
        long seconds = duration.toSeconds();
        if (seconds < 10) {
            return String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1000.0);
        }
        if (seconds < 60) {
            return seconds + " s";
        }
        if (seconds < 3600) {
            return String.format(Locale.ROOT, "%d min %02d s", seconds / 60, seconds % 60);
        }
        return String.format(Locale.ROOT, "%d h %02d min", seconds / 3600, seconds % 3600 / 60);
    }

    public static String duration(double seconds) {
        return duration(Duration.ofMillis(Math.round(seconds * 1000)));
    }
}
