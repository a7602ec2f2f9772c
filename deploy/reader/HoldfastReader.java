import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.stream.Stream;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Reads a Holdfast repository without Holdfast: this one file, a JDK of at least 21, the program zstd and, where the
 * repository is encrypted, gpg. Written from docs/repository-format.md alone. The repository is only read.
 *
 * <pre>
 * java HoldfastReader.java list    REPOSITORY
 * java HoldfastReader.java extract REPOSITORY TARGET/PLACE/BACKUP DIRECTORY
 * java HoldfastReader.java verify  REPOSITORY TARGET/PLACE/BACKUP
 * java HoldfastReader.java wal     REPOSITORY TARGET/PLACE NAME FILE     (for restore_command: NAME is %f, FILE is %p)
 * </pre>
 *
 * <p>Encrypted repositories: gpg must be able to decrypt for one of the recipients, once for the index key and once for each
 * data key; it asks for what it needs itself. The variable GPG names another program to be run in its place.
 *
 * <p>REPOSITORY is a directory; a bucket is copied to one first. Extracting a physical backup also puts the WAL that makes
 * it consistent into pg_wal; a server of the same major version starts on the directory, once it belongs to the server's
 * user. Every stored byte that is read is checked against its SHA-256, and zstd checks what it unpacks; the hashes of single
 * pages are not looked at.
 */
public final class HoldfastReader {
    private static final int HEADER = 64;
    private static final int PAGE = 8192;
    private static final long PART = 268_435_456;
    private static final int LONGEST_FRAME = 1 << 20;
    private static final int LONGEST_MAP = 16 << 20;
    private static final int LONGEST_BLOCK = 32 << 20;
    private static final int SEGMENT = 65_536;
    private static final int TAG = 16;
    private static final byte[] NO_KEY = new byte[48];

    private final Path repository;
    private final Keys keys = new Keys();

    private HoldfastReader(Path repository) throws IOException {
        this.repository = repository;
        Map<?, ?> marker = (Map<?, ?>) Json.parse(Files.readString(repository.resolve("holdfast-repository.json")));
        require("holdfast-repository".equals(marker.get("format")), "not a Holdfast repository");
        require(Long.valueOf(1).equals(marker.get("version")), "a repository of another version: " + marker.get("version"));
    }

    public static void main(String[] words) throws Exception {
        try {
            switch (words.length == 0 ? "" : words[0] + words.length) {
                case "list2" -> new HoldfastReader(Path.of(words[1])).list();
                case "extract4" -> new HoldfastReader(Path.of(words[1])).backup(words[2]).extract(Path.of(words[3]));
                case "verify3" -> new HoldfastReader(Path.of(words[1])).backup(words[2]).extract(null);
                case "wal5" -> System.exit(new HoldfastReader(Path.of(words[1])).wal(words[2], words[3], Path.of(words[4])));
                default -> {
                    System.err.println("usage: HoldfastReader list REPOSITORY"
                            + " | extract REPOSITORY TARGET/PLACE/BACKUP DIRECTORY | verify REPOSITORY TARGET/PLACE/BACKUP"
                            + " | wal REPOSITORY TARGET/PLACE NAME FILE");
                    System.exit(2);
                }
            }
        } catch (NoSuchFileException e) {
            System.err.println("HoldfastReader: missing: " + e.getFile());
            System.exit(1);
        } catch (BadRepository | IOException e) {
            System.err.println("HoldfastReader: " + e.getMessage());
            System.exit(1);
        }
    }

    /** The repository is not what the format says. */
    private static final class BadRepository extends RuntimeException {
        private static final long serialVersionUID = 1L;

        BadRepository(String what) {
            super(what);
        }
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new BadRepository(otherwise);
        }
    }

    // ------------------------------------------------------------------------------------------------ listing

    private void list() throws IOException, InterruptedException {
        for (Path target : below(repository)) {
            for (Path place : below(target)) {
                Path manifests = place.resolve("manifests");
                for (Path manifest : Files.isDirectory(manifests) ? below(manifests) : List.<Path>of()) {
                    String name = repository.relativize(place) + "/" + manifest.getFileName();
                    try {
                        Map<?, ?> body = manifest(place, manifest).body;
                        if ("committed".equals(body.get("status"))) {
                            Map<?, ?> backup = object(body, "backup");
                            Map<?, ?> details = object(backup, "details");
                            Map<?, ?> sizes = object(backup, "sizes");
                            System.out.printf("%s  %s  %s  %s files  %s bytes%n", name, details.get("kind"),
                                    details.get("finished_at"), sizes.get("files"), sizes.get("bytes"));
                        } else {
                            System.out.printf("%s  given up: %s%n", name, body.get("reason"));
                        }
                    } catch (BadRepository e) {
                        System.out.printf("%s  damaged: %s%n", name, e.getMessage());
                    }
                }
            }
        }
    }

    private static List<Path> below(Path directory) throws IOException {
        try (Stream<Path> all = Files.list(directory)) {
            return all.filter(path -> !path.getFileName().toString().startsWith("."))
                    .filter(path -> !path.getFileName().toString().equals("keys"))
                    .filter(path -> !path.getFileName().toString().endsWith(".json"))
                    .sorted()
                    .toList();
        }
    }

    // ------------------------------------------------------------------------------------------------ manifests

    /**
     * What a manifest says.
     *
     * @param indexKey what it is sealed with, or null
     */
    private record Manifest(Map<?, ?> body, byte[] indexKey) {}

    private Backup backup(String name) throws IOException, InterruptedException {
        require(name.matches("[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*){2}"),
                "a backup is named TARGET/PLACE/BACKUP, not " + name);
        Path place = repository.resolve(name).getParent();
        Manifest manifest = manifest(place, place.resolve("manifests").resolve(name.substring(name.lastIndexOf('/') + 1)));
        require("committed".equals(manifest.body.get("status")), "the backup was given up: " + manifest.body.get("reason"));
        Map<?, ?> backup = object(manifest.body, "backup");
        require(((List<?>) backup.get("data_keys")).isEmpty() == (manifest.indexKey == null),
                "a manifest is sealed exactly when its packs are");
        return new Backup(place, backup, manifest.indexKey);
    }

    /** The body of a manifest, whose digest is right. */
    private Manifest manifest(Path place, Path manifest) throws IOException, InterruptedException {
        byte[] bytes = Files.readAllBytes(manifest);
        String text = new String(bytes, StandardCharsets.UTF_8);
        Map<?, ?> whole = (Map<?, ?>) Json.parse(text);
        require("holdfast-manifest".equals(whole.get("format")) && Long.valueOf(1).equals(whole.get("version")),
                manifest + " is no manifest of version 1");
        int begin = firstNewline(bytes) + 1;
        int end = bytes.length - (bytes[bytes.length - 1] == '\n' ? 3 : 2);
        require(end > begin && bytes[end] == '\n' && bytes[end + 1] == '}', manifest + " does not end as a manifest");
        require(hex(sha256(bytes, begin, end - begin)).equals(whole.get("sha256")), manifest + " has another digest");
        if (whole.get("sealed_with") == null) {
            return new Manifest(object(whole, "body"), null);
        }
        byte[] object = Base64.getDecoder().decode((String) whole.get("body"));
        Header header = requireHeader(object, 'B', manifest, true);
        require(header.key.equals(whole.get("sealed_with")), manifest + " names two keys");
        byte[] key = keys.get(place, header.key);
        byte[] json = openSegments(object, HEADER, header.objectKey(key, name(manifest)), manifest);
        return new Manifest((Map<?, ?>) Json.parse(new String(json, StandardCharsets.UTF_8)), key);
    }

    private static int firstNewline(byte[] bytes) {
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == '\n') {
                return i;
            }
        }
        throw new BadRepository("a manifest in one line");
    }

    private static Map<?, ?> object(Map<?, ?> parent, String member) {
        require(parent.get(member) instanceof Map, "no member " + member);
        return (Map<?, ?>) parent.get(member);
    }

    // ------------------------------------------------------------------------------------------------ one backup

    /** A frame that is on its way through zstd, or a gap of zeros; and where its bytes go. */
    private record Piece(Entry file, long position, int plainLength, int from, int length, boolean zeros) {}

    /** A file's description in the index. */
    private record Entry(int type, String path, int mode, Instant time, long length, String destination, List<byte[]> maps,
            List<String> shared) {}

    private final class Backup {
        private final Path place;
        private final Map<?, ?> manifest;
        private final byte[] indexKey;
        private long files;
        private long bytes;

        /** {@code indexKey} is null where nothing is sealed. */
        Backup(Path place, Map<?, ?> manifest, byte[] indexKey) {
            this.place = place;
            this.manifest = manifest;
            this.indexKey = indexKey;
        }

        /** The body of an object that is sealed with the index key, or not at all. */
        private byte[] body(byte[] object, char type, Path path) {
            Header header = requireHeader(object, type, path, indexKey != null);
            if (indexKey == null) {
                return Arrays.copyOfRange(object, HEADER, object.length);
            }
            require(header.key.equals(Keys.id(indexKey)), path + " is sealed with another key");
            return openSegments(object, HEADER, header.objectKey(indexKey, name(path)), path);
        }

        /** Reads everything; writes it where a directory is given. */
        void extract(Path directory) throws IOException, InterruptedException {
            if (directory != null) {
                Files.createDirectories(directory);
                try (Stream<Path> there = Files.list(directory)) {
                    require(there.findAny().isEmpty(), directory + " is not empty");
                }
                Files.setPosixFilePermissions(directory, permissions(0700));
            } else {
                packs();
            }
            List<Entry> entries = index();
            for (Entry entry : entries) {
                if (directory != null && (entry.type == 1 || entry.type == 2)) {
                    Path path = directory.resolve(entry.path);
                    makeDirectories(entry.type == 2 ? path : path.getParent());
                }
            }
            content(entries, directory);
            wal(directory);
            if (directory != null) {
                finish(entries, directory);
            }
            System.out.printf("%d files, %d bytes%s%n", files, bytes, directory == null ? " are good" : "");
        }

        /** Each pack of this backup against the manifest; earlier backups' packs are checked frame by frame. */
        private void packs() throws IOException {
            String backup = (String) manifest.get("backup");
            String attempt = (String) manifest.get("attempt");
            for (Object each : (List<?>) manifest.get("packs")) {
                Map<?, ?> pack = (Map<?, ?>) each;
                Path path = pack(backup, attempt, (Long) pack.get("number"));
                MessageDigest digest = sha256();
                try (InputStream in = Files.newInputStream(path)) {
                    byte[] buffer = new byte[1 << 20];
                    for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                        digest.update(buffer, 0, count);
                    }
                }
                require(Files.size(path) == (Long) pack.get("length"), path + " has another length");
                require(hex(digest.digest()).equals(pack.get("sha256")), path + " has another digest");
            }
        }

        private Path pack(String backup, String attempt, long number) {
            return place.resolve("packs/" + backup + "/" + attempt + "/" + String.format("%08d", number));
        }

        private List<Entry> index() throws IOException, InterruptedException {
            Map<?, ?> reference = object(manifest, "index");
            Path path = repository.resolve((String) reference.get("key"));
            byte[] object = Files.readAllBytes(path);
            require(object.length == (Long) reference.get("length"), path + " has another length");
            require(hex(sha256(object, 0, object.length)).equals(reference.get("sha256")), path + " has another digest");
            byte[] body = body(object, 'I', path);
            ByteBuffer in = ByteBuffer.wrap(body);
            ByteArrayOutputStream stored = new ByteArrayOutputStream();
            long plain = 0;
            while (true) {
                int storedLength = in.getInt();
                int plainLength = in.getInt();
                if (storedLength == 0 && plainLength == 0) {
                    break;
                }
                require(storedLength > 0 && storedLength <= in.remaining(), path + " has an impossible block");
                require(plainLength > 0 && plainLength <= LONGEST_BLOCK, path + " has an impossible block");
                stored.write(body, in.position(), storedLength);
                in.position(in.position() + storedLength);
                plain += plainLength;
            }
            long count = in.getLong();
            require(!in.hasRemaining(), path + " goes on behind its end");
            Fields fields = new Fields(Zstd.decompress(stored.toByteArray(), plain));
            List<Entry> entries = new ArrayList<>();
            while (fields.hasMore()) {
                entries.add(entry(fields));
            }
            require(entries.size() == count, path + " has " + entries.size() + " entries, not " + count);
            return entries;
        }

        private static Entry entry(Fields in) {
            int type = in.u8();
            String path = path(new String(in.bytes(), StandardCharsets.UTF_8));
            return switch (type) {
                case 1 -> {
                    int mode = (int) in.varint();
                    yield content(1, path, mode, in.time(), in);
                }
                case 2 -> {
                    int mode = (int) in.varint();
                    yield new Entry(2, path, mode, in.time(), 0, "", List.of(), List.of());
                }
                case 3 -> {
                    String destination = new String(in.bytes(), StandardCharsets.UTF_8);
                    yield new Entry(3, path, 0, in.time(), 0, destination, List.of(), List.of());
                }
                case 4 -> content(4, path, 0, Instant.EPOCH, in);
                default -> throw new BadRepository("an entry of type " + type);
            };
        }

        private static Entry content(int type, String path, int mode, Instant time, Fields in) {
            long length = in.varint();
            List<byte[]> maps = new ArrayList<>();
            List<String> shared = new ArrayList<>();
            for (long part = 0; part * PART < length; part++) {
                boolean isShared = in.u8() == 1;
                maps.add(isShared ? null : in.bytes());
                shared.add(isShared ? hex(in.take(32)) : null);
            }
            return new Entry(type, path, mode, time, length, "", maps, shared);
        }

        private static String path(String path) {
            for (String segment : path.split("/", -1)) {
                require(!segment.isEmpty() && !segment.equals(".") && !segment.equals("..") && segment.indexOf(0) < 0,
                        "an entry that leaves the directory: " + path);
            }
            return path;
        }

        /** One thread feeds frames to zstd, this one takes what comes out and writes it where it belongs. */
        private void content(List<Entry> entries, Path directory) throws IOException, InterruptedException {
            BlockingQueue<Piece> pieces = new ArrayBlockingQueue<>(4096);
            Piece end = new Piece(null, 0, 0, 0, 0, true);
            Throwable[] failure = new Throwable[1];
            try (Zstd zstd = new Zstd()) {
                Thread feeder = Thread.ofPlatform().daemon().start(() -> {
                    try (OutputStream in = zstd.input()) {
                        feed(entries, in, pieces);
                    } catch (IOException | RuntimeException | InterruptedException e) {
                        failure[0] = e;
                    }
                    try {
                        pieces.put(end);
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                });
                take(pieces, end, zstd, directory, failure);
                feeder.join();
                rethrow(failure[0]);
                zstd.finish();
            }
            for (Entry entry : entries) {
                if (directory != null && entry.type == 1 && entry.length == 0) {
                    Files.createFile(directory.resolve(entry.path));
                }
                files += entry.type == 1 || entry.type == 4 ? 1 : 0;
            }
        }

        private void feed(List<Entry> entries, OutputStream zstd, BlockingQueue<Piece> pieces)
                throws IOException, InterruptedException {
            PackFiles packs = new PackFiles(place, indexKey != null);
            try (packs) {
                for (Entry entry : entries) {
                    for (int part = 0; part < entry.maps.size(); part++) {
                        byte[] map = entry.maps.get(part) == null ? shared(entry.shared.get(part)) : entry.maps.get(part);
                        feed(entry, part * PART, new Fields(map), packs, zstd, pieces);
                    }
                }
            }
        }

        private void feed(Entry entry, long start, Fields map, PackFiles packs, OutputStream zstd, BlockingQueue<Piece> pieces)
                throws IOException, InterruptedException {
            require(map.u8() == 1, "a map of an unknown encoding");
            long length = map.varint();
            require(length == Math.min(PART, entry.length - start), "a map of another length than its part of " + entry.path);
            List<Path> names = new ArrayList<>();
            for (long count = map.varint(); count > 0; count--) {
                String backup = new String(map.bytes(), StandardCharsets.US_ASCII);
                String attempt = new String(map.bytes(), StandardCharsets.US_ASCII);
                require(backup.matches("[A-Za-z0-9_-][A-Za-z0-9._-]*") && attempt.matches("[A-Za-z0-9_-][A-Za-z0-9._-]*"),
                        "a pack of an impossible name");
                names.add(pack(backup, attempt, map.varint()));
            }
            long position = start;
            long end = start + length;
            for (long runs = map.varint(); runs > 0; runs--) {
                if (map.u8() == 0) {
                    long bytes = Math.min(map.varint() * PAGE, end - position);
                    for (long rest = bytes; rest > 0; rest -= PART / 2) {
                        pieces.put(new Piece(entry, position + bytes - rest, 0, 0, (int) Math.min(rest, PART / 2), true));
                    }
                    position += bytes;
                } else {
                    Path pack = names.get((int) map.varint());
                    long offset = map.varint();
                    int storedLength = (int) map.varint();
                    int plainLength = (int) map.varint();
                    require(storedLength > 0 && storedLength <= 2 * LONGEST_FRAME && plainLength > 0
                            && plainLength <= LONGEST_FRAME, "an impossible frame in the map of " + entry.path);
                    byte[] digest = map.take(16);
                    int from = (int) map.varint() * PAGE;
                    long pages = map.varint();
                    map.take((int) (pages * 8));
                    int bytes = (int) Math.min(pages * PAGE, end - position);
                    require(from >= 0 && bytes > 0 && from + bytes <= plainLength, "an impossible run in " + entry.path);
                    byte[] stored = packs.read(pack, offset, storedLength);
                    require(Arrays.equals(digest, Arrays.copyOf(sha256(stored, 0, stored.length), 16)),
                            pack + ": the frame at byte " + offset + " is damaged; it belongs to " + entry.path);
                    byte[] frame = packs.open(pack, stored);
                    pieces.put(new Piece(entry, position, plainLength, from, bytes, false));
                    zstd.write(frame);
                    position += bytes;
                }
            }
            require(position == end, "the map of " + entry.path + " has pages for " + (position - start) + " bytes");
            require(!map.hasMore(), "a map that goes on behind its end");
        }

        private byte[] shared(String id) throws IOException, InterruptedException {
            Path path = place.resolve("maps/" + id.substring(0, 2) + "/" + id);
            byte[] object = Files.readAllBytes(path);
            byte[] body = body(object, 'M', path);
            int length = ByteBuffer.wrap(body).getInt();
            require(length > 0 && length <= LONGEST_MAP, path + " is too long");
            byte[] encoded = Zstd.decompress(Arrays.copyOfRange(body, 4, body.length), length);
            byte[] digest = indexKey == null
                    ? sha256(encoded, 0, encoded.length)
                    : hmac(derive(indexKey, NO_SALT, "holdfast map names", 32), encoded);
            require(hex(digest).equals(id), path + " has another digest");
            return encoded;
        }

        private void take(BlockingQueue<Piece> pieces, Piece end, Zstd zstd, Path directory, Throwable[] failure)
                throws IOException, InterruptedException {
            byte[] plain = new byte[LONGEST_FRAME];
            Entry open = null;
            RandomAccessFile out = null;
            try {
                for (Piece piece = pieces.take(); piece != end; piece = pieces.take()) {
                    if (piece.file != open) {
                        if (out != null) {
                            out.close();
                        }
                        open = piece.file;
                        boolean written = directory != null && open.type == 1;
                        out = written ? new RandomAccessFile(directory.resolve(open.path).toFile(), "rw") : null;
                        if (written) {
                            out.setLength(open.length);
                        }
                    }
                    if (!piece.zeros) {
                        int count = zstd.output().readNBytes(plain, 0, piece.plainLength);
                        if (count < piece.plainLength) {
                            throw new BadRepository("zstd cannot unpack a frame of " + open.path);
                        }
                        if (out != null) {
                            out.seek(piece.position);
                            out.write(plain, piece.from, piece.length);
                        }
                    }
                    bytes += piece.length;
                }
            } finally {
                if (out != null) {
                    out.close();
                }
            }
        }

        /** What must wait until files are written: times and modes; links, which must not lead writing astray. */
        private void finish(List<Entry> entries, Path directory) throws IOException {
            for (Entry entry : entries) {
                Path path = directory.resolve(entry.path);
                if (entry.type == 1) {
                    Files.setPosixFilePermissions(path, permissions(entry.mode));
                    Files.setLastModifiedTime(path, FileTime.from(entry.time));
                } else if (entry.type == 3) {
                    Path destination = Path.of(entry.destination);
                    require(!destination.isAbsolute()
                                    && path.getParent().resolve(destination).normalize().startsWith(directory.normalize()),
                            "a link that leaves the directory: " + entry.path);
                    makeDirectories(path.getParent());
                    Files.createSymbolicLink(path, destination);
                }
            }
            for (Entry entry : entries) {
                if (entry.type == 2) {
                    Files.setPosixFilePermissions(directory.resolve(entry.path), permissions(entry.mode));
                }
            }
        }

        /** The WAL from the backup's start to its end. */
        private void wal(Path directory) throws IOException, InterruptedException {
            Map<?, ?> content = object(object(manifest, "details"), "content");
            if (!"physical".equals(content.get("type"))) {
                return;
            }
            Map<?, ?> wal = object(content, "wal");
            long timeline = (Long) wal.get("timeline");
            long size = (Long) wal.get("segment_size");
            long start = lsn((String) wal.get("start_lsn"));
            long stop = lsn((String) wal.get("stop_lsn"));
            Path into = directory == null ? null : makeDirectories(directory.resolve("pg_wal"));
            for (long segment = Long.divideUnsigned(start, size);
                    segment <= Long.divideUnsigned(stop - 1, size);
                    segment++) {
                long inHigh = 0x1_0000_0000L / size;
                String name = "%08X%08X%08X".formatted(timeline, segment / inHigh, segment % inHigh);
                byte[] bytes = segment(place, name, (int) size, stop - segment * size, indexKey != null);
                require(bytes != null, "the WAL segment " + name + " is missing");
                if (into != null) {
                    writePrivately(into.resolve(name), bytes);
                }
            }
            String history = "%08X.history".formatted(timeline);
            if (timeline != 1) {
                byte[] bytes = walObject(place, place.resolve("wal").resolve(history), 'H', history, indexKey != null);
                if (into != null) {
                    writePrivately(into.resolve(history), bytes);
                }
            }
        }
    }

    // ------------------------------------------------------------------------------------------------ WAL

    /** For restore_command: 0 if the file was written, 1 if the repository does not have it. */
    private int wal(String placeName, String name, Path file) throws IOException, InterruptedException {
        Path place = repository.resolve(placeName);
        byte[] bytes;
        if (name.matches("[0-9A-F]{8}\\.history")) {
            Path path = place.resolve("wal").resolve(name);
            bytes = Files.exists(path) ? walObject(place, path, 'H', name, null) : null;
        } else if (name.matches("[0-9A-F]{24}")) {
            bytes = segment(place, name, 0, 0, null);
        } else {
            bytes = null;
        }
        if (bytes == null) {
            return 1;
        }
        Files.write(file, bytes);
        return 0;
    }

    /**
     * A segment, from increments where it is not complete.
     *
     * @param size in bytes; 0 if not known
     * @param needed how far into the segment the backup needs it; 0 if nobody asks for a backup
     * @param sealed whether it must be sealed or must not be; null if it may be either
     * @return null if it is not there
     */
    private byte[] segment(Path place, String name, int size, long needed, Boolean sealed)
            throws IOException, InterruptedException {
        Path folder = place.resolve("wal").resolve(name.substring(0, 8));
        Path complete = folder.resolve(name);
        if (Files.exists(complete)) {
            return walObject(place, complete, 'W', name, sealed);
        }
        if (!Files.isDirectory(folder)) {
            return null;
        }
        record Increment(long from, long to, Path path) {}
        List<Increment> increments = new ArrayList<>();
        boolean followed = false;
        try (Stream<Path> all = Files.list(folder)) {
            for (Path path : (Iterable<Path>) all::iterator) {
                String found = path.getFileName().toString();
                followed |= found.compareTo(name + "~") > 0;
                if (found.matches(name + "\\.[0-9a-f]{8}-[0-9a-f]{8}")) {
                    increments.add(new Increment(
                            Long.parseLong(found.substring(25, 33), 16), Long.parseLong(found.substring(34), 16), path));
                }
            }
        }
        byte[] bytes = null;
        long position = 0;
        while (true) {
            long at = position;
            Increment next = increments.stream()
                    .filter(each -> each.from <= at && at < each.to)
                    .max(Comparator.comparingLong(Increment::to))
                    .orElse(null);
            if (next == null) {
                break;
            }
            byte[] plain = walObject(place, next.path, 'w', name, sealed);
            if (bytes == null) {
                bytes = new byte[size == 0 ? segmentSize(next.path) : size];
            }
            System.arraycopy(plain, (int) (at - next.from), bytes, (int) at, (int) (next.to - at));
            position = next.to;
        }
        if (bytes != null && needed == 0 && followed) {
            System.err.println("HoldfastReader: of " + name + " only the first " + position
                    + " bytes are stored, though later WAL is: recovery ends there.");
        }
        return bytes != null && needed <= position ? bytes : null;
    }

    private static int segmentSize(Path object) throws IOException {
        try (DataInputStream in = new DataInputStream(Files.newInputStream(object))) {
            in.skipNBytes(76);
            return in.readInt();
        }
    }

    private byte[] walObject(Path place, Path path, char type, String name, Boolean sealed)
            throws IOException, InterruptedException {
        byte[] object = Files.readAllBytes(path);
        require(object.length >= 64, path + " is cut short");
        boolean isSealed = !Arrays.equals(object, 16, 64, NO_KEY, 0, 48);
        Header header = requireHeader(object, type, path, sealed == null ? isSealed : sealed);
        require(object.length >= (isSealed ? 176 : 160), path + " is cut short");
        ByteBuffer in = ByteBuffer.wrap(object);
        long timeline = Integer.toUnsignedLong(in.getInt(72));
        long size = Integer.toUnsignedLong(in.getInt(76));
        int from = in.getInt(88);
        int to = in.getInt(92);
        byte[] indexKey = isSealed ? keys.get(place, hex(Arrays.copyOfRange(object, 160, 176))) : null;
        byte[] storedDigest = sha256(object, 160, object.length - 160);
        if (isSealed) {
            byte[] clear = Arrays.copyOf(object, 160);
            System.arraycopy(storedDigest, 0, clear, 128, 32);
            storedDigest = hmac(derive(indexKey, NO_SALT, "holdfast wal objects", 32), clear);
        }
        require(Arrays.equals(object, 128, 160, storedDigest, 0, 32), path + " is damaged");
        require(name.startsWith("%08X".formatted(timeline)), path + " is of another timeline");
        if (type != 'H') {
            long inHigh = 0x1_0000_0000L / size;
            long number = in.getLong(80);
            require(name.equals("%08X%08X%08X".formatted(timeline, number / inHigh, number % inHigh)),
                    path + " is another segment");
            require(place.getFileName().toString().equals(Long.toUnsignedString(in.getLong(64))),
                    path + " is of another cluster");
        }
        require(from >= 0 && to >= from && to <= 1 << 30, path + " has an impossible length");
        byte[] frames = isSealed
                ? openSegments(object, 176, header.objectKey(keys.get(place, header.key), name(path)), path)
                : Arrays.copyOfRange(object, 160, object.length);
        byte[] plain = Zstd.decompress(frames, to - from);
        byte[] digest = isSealed
                ? hmac(derive(indexKey, NO_SALT, "holdfast wal content", 32), plain)
                : sha256(plain, 0, plain.length);
        require(Arrays.equals(object, 96, 128, digest, 0, 32), path + " has another digest");
        return plain;
    }

    private static long lsn(String text) {
        int slash = text.indexOf('/');
        return Long.parseLong(text.substring(0, slash), 16) << 32 | Long.parseLong(text.substring(slash + 1), 16);
    }

    // ------------------------------------------------------------------------------------------------ bytes

    /** What the header says of the sealing. */
    private record Header(String key, byte[] start, byte[] salt) {
        /** The key of the object itself. */
        byte[] objectKey(byte[] key, String name) {
            byte[] ascii = name.getBytes(StandardCharsets.US_ASCII);
            byte[] info = Arrays.copyOf(start, start.length + ascii.length);
            System.arraycopy(ascii, 0, info, start.length, ascii.length);
            return derive(key, salt, info, 32);
        }
    }

    private static Header requireHeader(byte[] object, char type, Path path, boolean sealed) {
        require(object.length >= HEADER, path + " is cut short");
        require(new String(object, 0, 8, StandardCharsets.US_ASCII).equals("HOLDFAST"), path + " is no object of Holdfast");
        require(object[8] == type, path + " is of type " + (char) object[8] + ", not " + type);
        require(object[9] == 1, path + " is of version " + object[9]);
        for (int i = 10; i < 16; i++) {
            require(object[i] == 0, path + " has something in reserved bytes");
        }
        boolean isSealed = !Arrays.equals(object, 16, 32, NO_KEY, 0, 16);
        require(isSealed == sealed, path + (isSealed ? " is sealed" : " is not sealed, and must be"));
        require(isSealed || Arrays.equals(object, 32, 64, NO_KEY, 0, 32), path + " has something in reserved bytes");
        return new Header(
                hex(Arrays.copyOfRange(object, 16, 32)), Arrays.copyOf(object, 32), Arrays.copyOfRange(object, 32, 64));
    }

    /** An object's name: its path in the repository. */
    private String name(Path path) {
        return repository.relativize(path).toString();
    }

    // ------------------------------------------------------------------------------------------------ sealing

    private static final byte[] NO_SALT = new byte[32];

    private static byte[] hmac(byte[] key, byte[] bytes) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(bytes);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] derive(byte[] key, byte[] salt, String info, int length) {
        return derive(key, salt, info.getBytes(StandardCharsets.US_ASCII), length);
    }

    /** HKDF-SHA-256 of at most 32 bytes, which is one block. */
    private static byte[] derive(byte[] key, byte[] salt, byte[] info, int length) {
        byte[] block = Arrays.copyOf(info, info.length + 1);
        block[info.length] = 1;
        return Arrays.copyOf(hmac(hmac(salt, key), block), length);
    }

    private static byte[] open(byte[] key, byte[] nonce, byte[] sealed, int offset, int length, Path path) {
        try {
            Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
            cipher.init(Cipher.DECRYPT_MODE, new SecretKeySpec(key, "AES"), new GCMParameterSpec(8 * TAG, nonce));
            return cipher.doFinal(sealed, offset, length);
        } catch (GeneralSecurityException e) {
            throw new BadRepository(path + " does not open: it was changed, moved, or sealed with another key");
        }
    }

    private static byte[] openSegments(byte[] object, int offset, byte[] key, Path path) {
        ByteArrayOutputStream plain = new ByteArrayOutputStream();
        int at = offset;
        for (long number = 0; at < object.length || number == 0; number++) {
            int length = Math.min(SEGMENT + TAG, object.length - at);
            boolean last = at + length == object.length;
            byte[] nonce = ByteBuffer.allocate(12).putLong(number).putInt(last ? 1 : 0).array();
            plain.writeBytes(open(key, nonce, object, at, length, path));
            at += length;
        }
        return plain.toByteArray();
    }

    /** Keys that gpg has unwrapped. */
    private static final class Keys {
        private final Map<String, byte[]> found = new HashMap<>();

        static String id(byte[] key) {
            return hex(derive(key, NO_SALT, "holdfast key id", 16));
        }

        byte[] get(Path place, String id) throws IOException, InterruptedException {
            byte[] known = found.get(id);
            if (known != null) {
                return known;
            }
            Path folder = place.resolve("keys").resolve(id);
            for (Path wrapped : Files.isDirectory(folder) ? below(folder) : List.<Path>of()) {
                byte[] key = unwrap(wrapped, id);
                if (key != null) {
                    found.put(id, key);
                    return key;
                }
            }
            throw new BadRepository("gpg opens none of the wrapped keys in " + folder);
        }

        private static byte[] unwrap(Path wrapped, String id) throws IOException, InterruptedException {
            byte[] object = Files.readAllBytes(wrapped);
            if (!wrapped.toString().endsWith("." + hex(sha256(object, 0, object.length)))) {
                System.err.println("HoldfastReader: damaged: " + wrapped);
                return null;
            }
            String gpg = System.getenv().getOrDefault("GPG", "gpg");
            Process process = new ProcessBuilder(gpg, "--quiet", "--decrypt", wrapped.toString())
                    .redirectInput(ProcessBuilder.Redirect.INHERIT)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            String line = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                return null;
            }
            Map<?, ?> message = (Map<?, ?>) Json.parse(line);
            byte[] key = HexFormat.of().parseHex((String) message.get("key"));
            require("holdfast-key".equals(message.get("format")) && id.equals(message.get("id")) && id.equals(id(key)),
                    wrapped + " holds another key");
            return key;
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] sha256(byte[] bytes, int offset, int length) {
        MessageDigest digest = sha256();
        digest.update(bytes, offset, length);
        return digest.digest();
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    private static Set<PosixFilePermission> permissions(int mode) {
        Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
        for (int bit = 0; bit < 9; bit++) {
            if ((mode & (0400 >> bit)) != 0) {
                permissions.add(PosixFilePermission.values()[bit]);
            }
        }
        return permissions;
    }

    /** Those that no entry names are the owner's alone. */
    private static Path makeDirectories(Path directory) throws IOException {
        return Files.createDirectories(directory, PosixFilePermissions.asFileAttribute(permissions(0700)));
    }

    private static void writePrivately(Path file, byte[] bytes) throws IOException {
        Files.write(file, bytes);
        Files.setPosixFilePermissions(file, permissions(0600));
    }

    private static void rethrow(Throwable failure) throws IOException {
        switch (failure) {
            case null -> {}
            case IOException e -> throw e;
            case RuntimeException e -> throw e;
            default -> throw new IOException(failure);
        }
    }

    /** Packs that stay open between frames. */
    private final class PackFiles implements AutoCloseable {
        private static final int MOST = 16;
        private final Path place;
        private final boolean sealed;
        private final Map<Path, RandomAccessFile> open = new LinkedHashMap<>(16, 0.75f, true);
        private final Map<Path, byte[]> objectKeys = new HashMap<>();

        PackFiles(Path place, boolean sealed) {
            this.place = place;
            this.sealed = sealed;
        }

        /** The zstd frame of what is stored. */
        byte[] open(Path path, byte[] stored) {
            if (!sealed) {
                return stored;
            }
            require(stored.length > 8 + TAG, path + " has a frame that is too short");
            byte[] nonce = Arrays.copyOf(Arrays.copyOf(stored, 8), 12);
            return HoldfastReader.open(objectKeys.get(path), nonce, stored, 8, stored.length - 8, path);
        }

        byte[] read(Path path, long offset, int length) throws IOException, InterruptedException {
            RandomAccessFile file = open.get(path);
            if (file == null) {
                if (open.size() == MOST) {
                    open.remove(open.keySet().iterator().next()).close();
                }
                file = new RandomAccessFile(path.toFile(), "r");
                open.put(path, file);
                byte[] header = new byte[HEADER];
                require(file.length() >= HEADER, path + " is cut short");
                file.readFully(header);
                Header start = requireHeader(header, 'P', path, sealed);
                if (sealed && !objectKeys.containsKey(path)) {
                    String name = name(path);
                    objectKeys.put(path, start.objectKey(
                            keys.get(place, start.key), name.substring(0, name.lastIndexOf('/') + 1)));
                }
            }
            require(offset >= HEADER && offset + length <= file.length(), path + " is cut short");
            byte[] stored = new byte[length];
            file.seek(offset);
            file.readFully(stored);
            return stored;
        }

        @Override
        public void close() throws IOException {
            for (RandomAccessFile file : open.values()) {
                file.close();
            }
        }
    }

    /** The fields of maps and indexes. */
    private static final class Fields {
        private final ByteBuffer in;

        Fields(byte[] bytes) {
            in = ByteBuffer.wrap(bytes);
        }

        boolean hasMore() {
            return in.hasRemaining();
        }

        int u8() {
            require(in.hasRemaining(), "a field is cut short");
            return in.get() & 0xff;
        }

        long varint() {
            long value = 0;
            for (int shift = 0; shift < 64; shift += 7) {
                int next = u8();
                value |= (long) (next & 0x7f) << shift;
                if (next < 0x80) {
                    return value;
                }
            }
            throw new BadRepository("a number that is too long");
        }

        byte[] take(int length) {
            require(length >= 0 && length <= in.remaining(), "a field is cut short");
            byte[] bytes = new byte[length];
            in.get(bytes);
            return bytes;
        }

        byte[] bytes() {
            long length = varint();
            require(length >= 0 && length <= in.remaining(), "a field is cut short");
            return take((int) length);
        }

        Instant time() {
            long seconds = varint();
            return Instant.ofEpochSecond(seconds >>> 1 ^ -(seconds & 1), varint());
        }
    }

    /** The program zstd, unpacking what is written to it. */
    private static final class Zstd implements AutoCloseable {
        private final Process process;
        private final OutputStream input;

        Zstd() throws IOException {
            process = new ProcessBuilder("zstd", "-dcq").redirectError(ProcessBuilder.Redirect.INHERIT).start();
            input = new BufferedOutputStream(process.getOutputStream(), 1 << 16);
        }

        OutputStream input() {
            return input;
        }

        InputStream output() {
            return process.getInputStream();
        }

        void finish() throws IOException, InterruptedException {
            require(process.getInputStream().read() < 0, "zstd unpacks more than was stored");
            require(process.waitFor() == 0, "zstd found damage");
        }

        /** Some frames whose plain bytes have this length together. */
        static byte[] decompress(byte[] stored, long plainLength) throws IOException, InterruptedException {
            require(plainLength <= Integer.MAX_VALUE - 8, "too long to be held in memory: " + plainLength);
            if (plainLength == 0) {
                return new byte[0];
            }
            try (Zstd zstd = new Zstd()) {
                Thread feeder = Thread.ofPlatform().daemon().start(() -> {
                    try (OutputStream in = zstd.input()) {
                        in.write(stored);
                    } catch (IOException e) {
                        // zstd gave up; its exit code says so.
                    }
                });
                byte[] plain = new byte[(int) plainLength];
                require(zstd.output().readNBytes(plain, 0, plain.length) == plain.length, "zstd cannot unpack a block");
                zstd.finish();
                feeder.join();
                return plain;
            }
        }

        @Override
        public void close() {
            process.destroy();
        }
    }

    /** As much of JSON as the documents need: objects, arrays, texts, whole numbers, and the three words. */
    private static final class Json {
        private final String text;
        private int at;

        private Json(String text) {
            this.text = text;
        }

        static Object parse(String text) {
            Json json = new Json(text);
            try {
                Object value = json.value();
                json.skipSpace();
                require(json.at == text.length(), "something behind a JSON document");
                return value;
            } catch (IndexOutOfBoundsException | NumberFormatException e) {
                throw new BadRepository("JSON that cannot be read");
            }
        }

        private Object value() {
            skipSpace();
            char first = text.charAt(at);
            return switch (first) {
                case '{' -> object();
                case '[' -> array();
                case '"' -> string();
                default -> word();
            };
        }

        private Object word() {
            int from = at;
            while (at < text.length() && "{}[]:,\" \t\r\n".indexOf(text.charAt(at)) < 0) {
                at++;
            }
            String word = text.substring(from, at);
            return switch (word) {
                case "null" -> null;
                case "true" -> true;
                case "false" -> false;
                default -> word.matches("-?\\d+") ? (Object) Long.valueOf(word) : Double.valueOf(word);
            };
        }

        private Map<String, Object> object() {
            Map<String, Object> object = new LinkedHashMap<>();
            at++;
            skipSpace();
            while (text.charAt(at) != '}') {
                String name = string();
                expect(':');
                object.put(name, value());
                more('}');
            }
            at++;
            return object;
        }

        private List<Object> array() {
            List<Object> array = new ArrayList<>();
            at++;
            skipSpace();
            while (text.charAt(at) != ']') {
                array.add(value());
                more(']');
            }
            at++;
            return array;
        }

        private void more(char end) {
            skipSpace();
            if (text.charAt(at) == ',') {
                at++;
                skipSpace();
            } else {
                require(text.charAt(at) == end, "JSON that cannot be read");
            }
        }

        private void expect(char wanted) {
            skipSpace();
            require(text.charAt(at) == wanted, "JSON that cannot be read");
            at++;
        }

        private String string() {
            require(text.charAt(at) == '"', "JSON that cannot be read");
            StringBuilder string = new StringBuilder();
            for (at++; text.charAt(at) != '"'; at++) {
                char next = text.charAt(at);
                if (next != '\\') {
                    string.append(next);
                    continue;
                }
                char escaped = text.charAt(++at);
                switch (escaped) {
                    case 'b' -> string.append('\b');
                    case 'f' -> string.append('\f');
                    case 'n' -> string.append('\n');
                    case 'r' -> string.append('\r');
                    case 't' -> string.append('\t');
                    case 'u' -> {
                        string.append((char) Integer.parseInt(text.substring(at + 1, at + 5), 16));
                        at += 4;
                    }
                    default -> string.append(escaped);
                }
            }
            at++;
            return string.toString();
        }

        private void skipSpace() {
            while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
                at++;
            }
        }
    }
}
