package io.holdfast.repository.index;

import io.holdfast.repository.encoding.FieldReader;
import io.holdfast.repository.encoding.FieldWriter;
import io.holdfast.repository.encoding.MalformedException;
import io.holdfast.repository.encoding.Sha256;
import io.holdfast.repository.map.FileMap;
import io.holdfast.repository.map.FileMapCodec;
import io.holdfast.repository.map.MapId;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** Entries of an index as bytes. See docs/repository-format.md. */
final class IndexEntryCodec {
    private static final int FILE = 1;
    private static final int DIRECTORY = 2;
    private static final int SYMBOLIC_LINK = 3;
    private static final int ATTACHMENT = 4;
    private static final int INLINE = 0;
    private static final int SHARED = 1;
    private static final int LONGEST_PATH = 4096;
    private static final int LAST_MODE = 07777;
    private static final int LAST_NANO = 999_999_999;

    private IndexEntryCodec() {}

    static void encode(IndexEntry entry, FieldWriter out) {
        switch (entry) {
            case IndexEntry.RegularFile file -> {
                out.u8(FILE).bytes(file.path().utf8()).varint(file.mode());
                instant(file.modified(), out);
                content(file, out);
            }
            case IndexEntry.Directory directory -> {
                out.u8(DIRECTORY).bytes(directory.path().utf8()).varint(directory.mode());
                instant(directory.modified(), out);
            }
            case IndexEntry.SymbolicLink link -> {
                out.u8(SYMBOLIC_LINK)
                        .bytes(link.path().utf8())
                        .bytes(link.destination().getBytes(StandardCharsets.UTF_8));
                instant(link.modified(), out);
            }
            case IndexEntry.Attachment attachment -> {
                out.u8(ATTACHMENT).bytes(attachment.path().utf8());
                content(attachment, out);
            }
        }
    }

    private static void instant(Instant instant, FieldWriter out) {
        out.signedVarint(instant.getEpochSecond()).varint(instant.getNano());
    }

    private static void content(IndexEntry.WithContent file, FieldWriter out) {
        out.varint(file.length());
        for (MapReference reference : file.maps()) {
            switch (reference) {
                case MapReference.Inline inline -> out.u8(INLINE).bytes(FileMapCodec.encode(inline.map()));
                case MapReference.Shared shared ->
                    out.u8(SHARED).raw(HexFormat.of().parseHex(shared.id().hex()));
            }
        }
    }

    static IndexEntry decode(FieldReader in) throws MalformedException {
        try {
            int type = in.u8();
            FilePath path = FilePath.ofUtf8(in.bytes(LONGEST_PATH, "a path"));
            return switch (type) {
                case FILE -> {
                    int mode = in.count(LAST_MODE, "a mode");
                    Instant modified = instant(in);
                    long length = in.size("a file's length");
                    yield new IndexEntry.RegularFile(path, mode, modified, length, maps(length, in));
                }
                case DIRECTORY -> new IndexEntry.Directory(path, in.count(LAST_MODE, "a mode"), instant(in));
                case SYMBOLIC_LINK -> {
                    byte[] destination = in.bytes(LONGEST_PATH, "a link's destination");
                    yield new IndexEntry.SymbolicLink(
                            path, new String(destination, StandardCharsets.UTF_8), instant(in));
                }
                case ATTACHMENT -> {
                    long length = in.size("a file's length");
                    yield new IndexEntry.Attachment(path, length, maps(length, in));
                }
                default -> throw new MalformedException("an entry of unknown type " + type);
            };
        } catch (IllegalArgumentException | DateTimeException e) {
            throw new MalformedException("an entry that cannot be: " + e.getMessage(), e);
        }
    }

    private static Instant instant(FieldReader in) throws MalformedException {
        return Instant.ofEpochSecond(in.signedVarint(), in.count(LAST_NANO, "nanoseconds"));
    }

    /** The number of maps follows from the length, so it is not stored. */
    private static List<MapReference> maps(long length, FieldReader in) throws MalformedException {
        List<MapReference> maps = new ArrayList<>();
        for (long rest = length; rest > 0; rest -= FileMap.BYTES_PER_PART) {
            int kind = in.u8();
            if (kind == INLINE) {
                FileMap map = FileMapCodec.decode(in.bytes(FileMapCodec.LONGEST, "a map"));
                if (map.length() != Math.min(rest, FileMap.BYTES_PER_PART)) {
                    throw new MalformedException("a map's length does not fit its file's");
                }
                maps.add(new MapReference.Inline(map));
            } else if (kind == SHARED) {
                maps.add(new MapReference.Shared(new MapId(HexFormat.of().formatHex(in.raw(Sha256.LENGTH)))));
            } else {
                throw new MalformedException("a map reference of unknown kind " + kind);
            }
        }
        return maps;
    }
}
