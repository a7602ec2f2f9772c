package io.holdfast.restore.logical;

import io.holdfast.events.FailureCategory;
import io.holdfast.restore.RestoreException;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The table of contents of a custom-format archive: what is in it, and what depends on what. {@code pg_restore --list} says the
 * same in lines that names with spaces, semicolons or line breaks make ambiguous. Names are taken as UTF-8, as they are in
 * databases of that encoding.
 *
 * @param entries in the order of the archive
 * @see <a href="https://github.com/postgres/postgres/blob/REL_18_STABLE/src/bin/pg_dump/pg_backup_archiver.c">ReadHead and ReadToc</a>
 */
record DumpContents(List<Entry> entries) {
    private static final String MAGIC = "PGDMP";
    private static final int CUSTOM = 1;
    /** Of pg_dump 9.0. */
    private static final int OLDEST = version(1, 12);
    /** Of pg_dump 17 and 18. */
    private static final int NEWEST = version(1, 16);

    private static final int WITH_ACCESS_METHODS = version(1, 14);
    private static final int WITH_ALGORITHM = version(1, 15);
    private static final int WITH_KINDS = version(1, 16);
    private static final int MOST_ENTRIES = 20_000_000;
    private static final int LONGEST = 256 << 20;
    private static final int PARTS_OF_A_TIME = 7;

    DumpContents {
        entries = List.copyOf(entries);
    }

    /**
     * One thing that can be restored.
     *
     * @param id by which {@code --use-list} and others name it
     * @param kind such as {@code TABLE} or {@code FK CONSTRAINT}
     * @param name what the archive calls it: of what belongs to a table, the table's name and its own
     * @param schema absent of what is in none
     * @param needs ids of others, which the archive may not hold
     */
    record Entry(int id, String kind, String name, Optional<String> schema, List<Integer> needs) {
        Entry {
            needs = List.copyOf(needs);
        }
    }

    /**
     * Reads it from an archive's beginning, and no more than it has to.
     *
     * @throws RestoreException if it is no such archive, or newer than this can read
     */
    static DumpContents of(InputStream archive) throws IOException, RestoreException {
        try {
            return new Reader(new BufferedInputStream(archive, 1 << 16)).read();
        } catch (EOFException e) {
            throw damaged("ends too early", e);
        }
    }

    /**
     * Makes sure that this is an archive's own table of contents.
     *
     * @param archive at its beginning; closed if it is another one
     * @return the same at its beginning
     */
    InputStream requireAt(InputStream archive) throws IOException, RestoreException {
        Remembering beginning = new Remembering(archive);
        boolean same = false;
        try {
            same = of(beginning).equals(this);
        } finally {
            if (!same) {
                archive.close();
            }
        }
        if (!same) {
            throw new RestoreException(
                    FailureCategory.INTERNAL,
                    "the dump has other entries than those that were chosen from.",
                    "nothing was changed; restore again, and report this if it happens again.");
        }
        return new SequenceInputStream(new ByteArrayInputStream(beginning.read.toByteArray()), archive);
    }

    /** Keeps what is read. */
    private static final class Remembering extends FilterInputStream {
        private final ByteArrayOutputStream read = new ByteArrayOutputStream();

        Remembering(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            int one = in.read();
            if (one >= 0) {
                read.write(one);
            }
            return one;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            int count = in.read(bytes, offset, length);
            if (count > 0) {
                read.write(bytes, offset, count);
            }
            return count;
        }
    }

    private static int version(int major, int minor) {
        return major << 8 | minor;
    }

    private static RestoreException damaged(String how, @Nullable Exception cause) {
        return new RestoreException(
                FailureCategory.REPOSITORY_DAMAGED,
                "the dump's table of contents " + how + ".",
                "verify the backup and restore another one.",
                cause);
    }

    /** For one archive. */
    private static final class Reader {
        private final InputStream in;
        private int version;
        private int bytesOfNumber;
        private int bytesOfOffset;

        Reader(InputStream in) {
            this.in = in;
        }

        DumpContents read() throws IOException, RestoreException {
            head();
            int count = number();
            if (count < 0 || count > MOST_ENTRIES) {
                throw damaged("claims " + count + " entries", null);
            }
            List<Entry> entries = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                entries.add(entry());
            }
            return new DumpContents(entries);
        }

        private void head() throws IOException, RestoreException {
            if (!new String(bytes(MAGIC.length()), StandardCharsets.ISO_8859_1).equals(MAGIC)) {
                throw damaged("does not begin as one", null);
            }
            version = version(one(), one());
            one();
            if (version < OLDEST || version > NEWEST) {
                throw new RestoreException(
                        FailureCategory.TOOL_VERSION,
                        "the dump's format is " + (version >> 8) + "." + (version & 0xff)
                                + ", of which no schemas or tables can be chosen.",
                        "restore the whole database, and take from it what is needed.");
            }
            bytesOfNumber = one();
            bytesOfOffset = one();
            if (one() != CUSTOM || bytesOfNumber < 1 || bytesOfNumber > 8 || bytesOfOffset < 1 || bytesOfOffset > 8) {
                throw damaged("is none of the custom format", null);
            }
            if (version >= WITH_ALGORITHM) {
                one();
            } else {
                number();
            }
            for (int i = 0; i < PARTS_OF_A_TIME; i++) {
                number();
            }
            text(); // the database
            text(); // the server's version
            text(); // pg_dump's version
        }

        private Entry entry() throws IOException, RestoreException {
            int id = number();
            number(); // whether it has data
            text(); // oids of the catalog and in it
            text();
            String name = text();
            String kind = text();
            number(); // section
            text(); // definition, how to drop it, how to copy
            text();
            text();
            String schema = text();
            text(); // tablespace
            if (version >= WITH_ACCESS_METHODS) {
                text();
            }
            if (version >= WITH_KINDS) {
                number();
            }
            text(); // owner
            text(); // whether with oids
            List<Integer> needs = new ArrayList<>();
            for (String each = text(); each != null; each = text()) {
                needs.add(needed(each));
            }
            bytes(1 + bytesOfOffset); // where the data is
            if (name == null || kind == null) {
                throw damaged("has an entry without a name", null);
            }
            return new Entry(
                    id, kind, name, schema == null || schema.isEmpty() ? Optional.empty() : Optional.of(schema), needs);
        }

        private static int needed(String id) throws RestoreException {
            try {
                return Integer.parseInt(id);
            } catch (NumberFormatException e) {
                throw damaged("has an entry that needs no number", e);
            }
        }

        private int one() throws IOException {
            int read = in.read();
            if (read < 0) {
                throw new EOFException();
            }
            return read;
        }

        private byte[] bytes(int count) throws IOException {
            byte[] bytes = in.readNBytes(count);
            if (bytes.length < count) {
                throw new EOFException();
            }
            return bytes;
        }

        /** A sign, then the lowest byte first. */
        private int number() throws IOException, RestoreException {
            boolean negative = one() != 0;
            long value = 0;
            for (int i = 0; i < bytesOfNumber; i++) {
                value |= (long) one() << 8 * i;
            }
            if (value < 0 || value > Integer.MAX_VALUE) {
                throw damaged("has a number that is too large", null);
            }
            return (int) (negative ? -value : value);
        }

        private @Nullable String text() throws IOException, RestoreException {
            int length = number();
            if (length < 0) {
                return null;
            }
            if (length > LONGEST) {
                throw damaged("has a text of " + length + " bytes", null);
            }
            return new String(bytes(length), StandardCharsets.UTF_8);
        }
    }
}
