package io.holdfast.restore.hook;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;

/** Reads all that a program says, and keeps the end of it. Thread safe. */
final class SaidLast {
    private static final int MOST = 2000;
    /** What it left running may hold its output open for ever. */
    private static final Duration LAST_WORDS = Duration.ofSeconds(1);

    private final Thread reader;
    private byte[] kept = new byte[0];

    SaidLast(InputStream out) {
        this.reader = Thread.ofVirtual().name("hook-output").start(() -> read(out));
    }

    private void read(InputStream out) {
        byte[] some = new byte[8192];
        try (out) {
            for (int length = out.read(some); length >= 0; length = out.read(some)) {
                keep(some, length);
            }
        } catch (IOException closed) {
            byte[] why = String.valueOf(closed.getMessage()).getBytes(StandardCharsets.UTF_8);
            keep(why, why.length);
        }
    }

    private synchronized void keep(byte[] more, int length) {
        byte[] all = Arrays.copyOf(kept, kept.length + length);
        System.arraycopy(more, 0, all, kept.length, length);
        kept = all.length > MOST ? Arrays.copyOfRange(all, all.length - MOST, all.length) : all;
    }

    /** The end of it, in one line of printable characters. */
    String text() throws InterruptedException {
        reader.join(LAST_WORDS);
        synchronized (this) {
            String line = new String(kept, StandardCharsets.UTF_8)
                    .strip()
                    .replaceAll("\\s*\\R\\s*", " | ")
                    .replaceAll("\\p{Cntrl}", " ");
            return line.length() > MOST ? line.substring(line.length() - MOST) : line;
        }
    }
}
