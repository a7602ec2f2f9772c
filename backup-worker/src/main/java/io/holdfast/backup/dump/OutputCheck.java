package io.holdfast.backup.dump;

import io.holdfast.backup.tool.ToolException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Looks at what a program writes while it passes by. An exit code of 0 alone has been seen with empty output (a full disk
 * in the middle of a pipe), so the first and last bytes must be those that the program ends well with.
 */
final class OutputCheck {
    /** A custom-format archive: magic, then at least the header and a table of contents with its fixed entries. */
    private static final String ARCHIVE_START = "PGDMP";

    private static final int SMALLEST_ARCHIVE = 500;
    private static final String GLOBALS_START = "--";
    private static final String GLOBALS_END = "-- PostgreSQL database cluster dump complete";
    private static final int SMALLEST_GLOBALS = 100;
    private static final int KEPT = 128;

    private final String what;
    private final String start;
    private final String end;
    private final int smallest;
    private final byte[] first = new byte[KEPT];
    private byte[] last = new byte[0];
    private long total;

    private OutputCheck(String what, String start, String end, int smallest) {
        this.what = what;
        this.start = start;
        this.end = end;
        this.smallest = smallest;
    }

    static OutputCheck ofArchive(String database) {
        return new OutputCheck(
                "pg_dump's archive of database \"" + database + "\"", ARCHIVE_START, "", SMALLEST_ARCHIVE);
    }

    static OutputCheck ofGlobals() {
        return new OutputCheck("pg_dumpall's script of roles", GLOBALS_START, GLOBALS_END, SMALLEST_GLOBALS);
    }

    void take(byte[] bytes, int length) {
        if (total < KEPT) {
            System.arraycopy(bytes, 0, first, (int) total, (int) Math.min(length, KEPT - total));
        }
        total += length;
        if (length >= KEPT) {
            last = Arrays.copyOfRange(bytes, length - KEPT, length);
        } else {
            byte[] joined = Arrays.copyOf(last, last.length + length);
            System.arraycopy(bytes, 0, joined, last.length, length);
            last = Arrays.copyOfRange(joined, Math.max(0, joined.length - KEPT), joined.length);
        }
    }

    long total() {
        return total;
    }

    /** Called when the program has ended well. */
    void finish() throws ToolException.BadOutput {
        if (total < smallest) {
            throw bad("has " + total + " bytes, which is less than the smallest that can be");
        }
        if (!text(first).startsWith(start)) {
            throw bad("does not begin as one");
        }
        if (!text(last).contains(end)) {
            throw bad("does not end as one");
        }
    }

    private ToolException.BadOutput bad(String how) {
        return new ToolException.BadOutput(what + " " + how + ", although the program reported success.");
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }
}
