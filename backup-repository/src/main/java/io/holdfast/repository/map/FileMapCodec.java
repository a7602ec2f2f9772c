package io.holdfast.repository.map;

import io.holdfast.repository.AttemptId;
import io.holdfast.repository.BackupId;
import io.holdfast.repository.encoding.CompressedBlock;
import io.holdfast.repository.encoding.FieldReader;
import io.holdfast.repository.encoding.FieldWriter;
import io.holdfast.repository.encoding.MalformedException;
import io.holdfast.repository.encoding.Sha256;
import io.holdfast.repository.seal.SealingKey;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Maps as bytes: the form that goes into an index, and the object around it. See docs/repository-format.md. */
public final class FileMapCodec {
    /** The longest encoded map that is read. */
    public static final int LONGEST = 16 << 20;

    /** The longest map object that is read. */
    public static final int LONGEST_OBJECT = LONGEST + (1 << 20);

    private static final int ENCODING = 1;
    private static final int ZEROS = 0;
    private static final int STORED = 1;
    private static final int MOST_PAGES = (int) (FileMap.BYTES_PER_PART / FrameReference.PAGE);
    private static final int LONGEST_NAME = 128;

    private FileMapCodec() {}

    /** The form whose SHA-256 names the map. */
    public static byte[] encode(FileMap map) {
        Map<PackName, Integer> packs = new LinkedHashMap<>();
        for (Run run : map.runs()) {
            if (run instanceof Run.Stored stored) {
                packs.putIfAbsent(stored.frame().pack(), packs.size());
            }
        }
        FieldWriter out = new FieldWriter().u8(ENCODING).varint(map.length()).varint(packs.size());
        for (PackName pack : packs.keySet()) {
            out.bytes(ascii(pack.backup().value())).bytes(ascii(pack.attempt().value()));
            out.varint(pack.number());
        }
        out.varint(map.runs().size());
        for (Run run : map.runs()) {
            switch (run) {
                case Run.Zeros zeros -> out.u8(ZEROS).varint(zeros.pages());
                case Run.Stored stored -> encode(stored, packs, out.u8(STORED));
            }
        }
        return out.toByteArray();
    }

    private static void encode(Run.Stored run, Map<PackName, Integer> packs, FieldWriter out) {
        FrameReference frame = run.frame();
        Integer pack = packs.get(frame.pack());
        if (pack == null) {
            throw new IllegalStateException("A pack is missing from the table: " + frame.pack());
        }
        out.varint(pack).varint(frame.offset()).varint(frame.storedLength()).varint(frame.plainLength());
        out.u64(frame.digest().high()).u64(frame.digest().low());
        out.varint(run.firstPage()).varint(run.pages());
        for (int page = 0; page < run.pages(); page++) {
            out.u64(run.pageHashes().get(page));
        }
    }

    /** Reads the form that {@link #encode} writes. */
    public static FileMap decode(byte[] encoded) throws MalformedException {
        FieldReader in = new FieldReader(encoded);
        if (in.u8() != ENCODING) {
            throw new MalformedException("a map of another encoding");
        }
        try {
            long length = in.size("the length of a map's part");
            List<PackName> packs = new ArrayList<>();
            for (int left = in.count(MOST_PAGES, "the number of packs"); left > 0; left--) {
                packs.add(new PackName(
                        new BackupId(name(in)),
                        new AttemptId(name(in)),
                        in.count(Integer.MAX_VALUE, "a pack's number")));
            }
            List<Run> runs = new ArrayList<>();
            for (int left = in.count(MOST_PAGES, "the number of runs"); left > 0; left--) {
                runs.add(run(in, packs));
            }
            in.end();
            return new FileMap(length, runs);
        } catch (IllegalArgumentException e) {
            throw new MalformedException("a map that cannot be: " + e.getMessage(), e);
        }
    }

    private static Run run(FieldReader in, List<PackName> packs) throws MalformedException {
        int kind = in.u8();
        if (kind == ZEROS) {
            return new Run.Zeros(in.count(MOST_PAGES, "the number of pages"));
        }
        if (kind != STORED) {
            throw new MalformedException("a run of unknown kind " + kind);
        }
        int pack = in.count(MOST_PAGES, "a pack's place in the table");
        if (pack >= packs.size()) {
            throw new MalformedException("a run names pack " + pack + " of " + packs.size());
        }
        FrameReference frame = new FrameReference(
                packs.get(pack),
                in.size("a frame's offset"),
                in.count(FrameReference.LONGEST_STORED, "a frame's stored length"),
                in.count(FrameReference.LONGEST_PLAIN, "a frame's plain length"),
                new FrameDigest(in.u64(), in.u64()));
        int firstPage = in.count(frame.pages(), "the first page");
        long[] hashes = new long[in.count(frame.pages(), "the number of pages")];
        for (int page = 0; page < hashes.length; page++) {
            hashes[page] = in.u64();
        }
        return new Run.Stored(frame, firstPage, PageHashes.of(hashes));
    }

    private static String name(FieldReader in) throws MalformedException {
        return new String(in.bytes(LONGEST_NAME, "a name"), StandardCharsets.US_ASCII);
    }

    private static byte[] ascii(String name) {
        return name.getBytes(StandardCharsets.US_ASCII);
    }

    /**
     * The name of an encoded map: its HMAC under the index key, or its SHA-256 where nothing is sealed.
     *
     * @param key the index key, if there is one
     */
    public static MapId id(byte[] encoded, Optional<SealingKey> key) {
        MessageDigest digest = key.map(SealingKey::mapNames).orElseGet(Sha256::digest);
        digest.update(encoded);
        return new MapId(Sha256.hex(digest));
    }

    /** The body of the object that holds an encoded map. */
    public static byte[] toBody(byte[] encoded) {
        byte[] stored = CompressedBlock.of(encoded);
        return new FieldWriter().u32(encoded.length).raw(stored).toByteArray();
    }

    /**
     * The map in an object's body; checks that its content is the one that {@code id} names.
     *
     * @param key the index key that it was sealed with, if it was
     */
    public static FileMap fromBody(MapId id, byte[] body, Optional<SealingKey> key) throws MalformedException {
        FieldReader in = new FieldReader(body);
        int length = in.u32();
        if (length < 0 || length > LONGEST) {
            throw new MalformedException("a map of " + Integer.toUnsignedString(length) + " bytes is too long");
        }
        byte[] encoded = CompressedBlock.decompress(in.raw(in.remaining()), length);
        if (!id(encoded, key).equals(id)) {
            throw new MalformedException("the map's digest is another one");
        }
        return decode(encoded);
    }
}
