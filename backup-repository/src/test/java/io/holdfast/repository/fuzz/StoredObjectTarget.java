package io.holdfast.repository.fuzz;

import io.holdfast.repository.AttemptId;
import io.holdfast.repository.BackupId;
import io.holdfast.repository.PlaceLayout;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.SampleBackup;
import io.holdfast.repository.TargetPlace;
import io.holdfast.repository.encoding.CompressedBlock;
import io.holdfast.repository.encoding.FieldWriter;
import io.holdfast.repository.encoding.MalformedException;
import io.holdfast.repository.encoding.ObjectHeader;
import io.holdfast.repository.encoding.Sha256;
import io.holdfast.repository.index.IndexReader;
import io.holdfast.repository.index.IndexReference;
import io.holdfast.repository.manifest.ManifestCodec;
import io.holdfast.repository.map.FileMap;
import io.holdfast.repository.map.FileMapCodec;
import io.holdfast.repository.map.Run;
import io.holdfast.repository.seal.BodyOpener;
import io.holdfast.repository.seal.PlaceKeys;
import io.holdfast.repository.store.MemoryObjectStore;
import io.holdfast.repository.store.ObjectKey;
import io.holdfast.repository.store.ObjectStore;
import io.holdfast.repository.wal.WalSegmentName;
import io.holdfast.repository.write.WriterOptions;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/** The objects of a repository. Where a digest protects an object, it is made right, so that what lies behind is reached. */
enum StoredObjectTarget implements FuzzTarget {
    /** The body of a manifest. */
    MANIFEST {
        @Override
        void parse(byte[] input) throws IOException, MalformedException {
            String head = "{\"format\":\"holdfast-manifest\",\"version\":1,\"sha256\":\"" + Sha256.hex(input)
                    + "\",\"body\":\n";
            byte[] document = new FieldWriter()
                    .raw(ascii(head))
                    .raw(input)
                    .raw(ascii("\n}\n"))
                    .toByteArray();
            ManifestCodec.decode(document, LAYOUT.manifest(BACKUP), OPENER);
        }

        @Override
        public List<byte[]> seeds() throws Exception {
            return objects("/manifests/").stream()
                    .map(document -> {
                        int begin = new String(document, StandardCharsets.ISO_8859_1).indexOf('\n') + 1;
                        return Arrays.copyOfRange(document, begin, document.length - 3);
                    })
                    .toList();
        }
    },

    /** A whole manifest, its first line included. */
    MANIFEST_DOCUMENT {
        @Override
        void parse(byte[] input) throws IOException, MalformedException {
            ManifestCodec.decode(input, LAYOUT.manifest(BACKUP), OPENER);
        }

        @Override
        public List<byte[]> seeds() throws Exception {
            return objects("/manifests/");
        }
    },

    /** An encoded map. What can be read can be written and read again. */
    MAP {
        @Override
        void parse(byte[] input) throws MalformedException {
            FileMap map = FileMapCodec.decode(input);
            if (!FileMapCodec.decode(FileMapCodec.encode(map)).equals(map)) {
                throw new IllegalStateException("read again, the map is another one");
            }
        }

        @Override
        public List<byte[]> seeds() throws Exception {
            List<byte[]> maps = new ArrayList<>();
            try (InputStream golden = StoredObjectTarget.class.getResourceAsStream(GOLDEN_MAP)) {
                byte[] object = Objects.requireNonNull(golden).readAllBytes();
                int length = ByteBuffer.wrap(object).getInt(ObjectHeader.LENGTH);
                maps.add(CompressedBlock.decompress(
                        Arrays.copyOfRange(object, ObjectHeader.LENGTH + 4, object.length), length));
            }
            maps.add(FileMapCodec.encode(new FileMap(8192, List.of(new Run.Zeros(1)))));
            return maps;
        }
    },

    /** The body of a map's object. */
    MAP_BODY {
        @Override
        void parse(byte[] input) throws MalformedException {
            FileMapCodec.fromBody(FileMapCodec.id(new byte[0], Optional.empty()), input, Optional.empty());
        }

        @Override
        public List<byte[]> seeds() throws Exception {
            return MAP.seeds().stream().map(FileMapCodec::toBody).toList();
        }
    },

    /** The entries of an index, in one block. */
    INDEX_ENTRIES {
        @Override
        void parse(byte[] input) throws IOException {
            byte[] stored = CompressedBlock.of(input);
            index(new FieldWriter()
                    .u32(stored.length)
                    .u32(input.length)
                    .raw(stored)
                    .u64(0)
                    .u64(1)
                    .toByteArray());
        }

        @Override
        public List<byte[]> seeds() throws Exception {
            List<byte[]> entries = new ArrayList<>();
            for (byte[] object : objects("/indexes/")) {
                ByteBuffer in = ByteBuffer.wrap(object, ObjectHeader.LENGTH, object.length - ObjectHeader.LENGTH);
                byte[] stored = new byte[in.getInt()];
                int plain = in.getInt();
                in.get(stored);
                entries.add(CompressedBlock.decompress(stored, plain));
            }
            return entries;
        }
    },

    /** The body of an index. */
    INDEX_BODY {
        @Override
        void parse(byte[] input) throws IOException {
            index(input);
        }

        @Override
        public List<byte[]> seeds() throws Exception {
            return objects("/indexes/").stream()
                    .map(object -> Arrays.copyOfRange(object, ObjectHeader.LENGTH, object.length))
                    .toList();
        }
    },

    /** A pack's frame, behind two bytes that say its plain length in units of 16 bytes. */
    FRAME {
        @Override
        void parse(byte[] input) {
            if (input.length < 3) {
                return;
            }
            byte[] stored = Arrays.copyOfRange(input, 2, input.length);
            int plain = 16 * (1 + ((input[0] & 0xff) << 8 | input[1] & 0xff));
            Frames.check(stored, plain);
        }

        @Override
        public List<byte[]> seeds() throws Exception {
            return List.of(Frames.seed());
        }
    },

    /** What stands at 64 to 95 of a WAL object, and what at 160 and behind. */
    WAL {
        @Override
        void parse(byte[] input) throws IOException {
            if (input.length < WAL_FIELDS) {
                return;
            }
            byte[] rest = Arrays.copyOfRange(input, WAL_FIELDS, input.length);
            byte[] object = new FieldWriter()
                    .raw(ObjectHeader.plain(ObjectHeader.Type.WAL_SEGMENT).bytes())
                    .raw(Arrays.copyOf(input, WAL_FIELDS))
                    .raw(new byte[Sha256.LENGTH])
                    .raw(Sha256.digest().digest(rest))
                    .raw(rest)
                    .toByteArray();
            WalSegmentName name = WalSegmentName.of(1, 2, SampleBackup.SEGMENT_SIZE);
            try (MemoryObjectStore store = new MemoryObjectStore()) {
                store.putIfAbsent(LAYOUT.walSegment(name), object);
                TargetPlace place = SampleBackup.place(store);
                try (InputStream in = place.wal(Path.of("unused")).open(name)) {
                    in.transferTo(OutputStream.nullOutputStream());
                }
            }
        }

        @Override
        public List<byte[]> seeds() throws Exception {
            return objects("/wal/").stream()
                    .map(object -> new FieldWriter()
                            .raw(Arrays.copyOfRange(object, ObjectHeader.LENGTH, ObjectHeader.LENGTH + WAL_FIELDS))
                            .raw(Arrays.copyOfRange(object, 160, object.length))
                            .toByteArray())
                    .toList();
        }
    };

    private static final BackupId BACKUP = new BackupId("fuzzed");
    private static final PlaceLayout LAYOUT = new PlaceLayout(SampleBackup.TARGET, SampleBackup.CLUSTER);
    private static final BodyOpener OPENER = new BodyOpener(PlaceKeys.NONE);
    private static final int WAL_FIELDS = 32;
    private static final String GOLDEN_MAP = "/golden/format-1/orders/7300000000000000001/maps/c3/"
            + "c3a3970cde79a29be67ebcafe659646c6010c84a33aa555786eeed41f262732e";

    @Override
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    @Override
    public void take(byte[] input) throws Exception {
        try {
            parse(input);
        } catch (MalformedException | RepositoryException e) {
            if (e.getMessage() == null) {
                throw new IllegalStateException("refused without a reason", e);
            }
        }
    }

    abstract void parse(byte[] input) throws IOException, MalformedException;

    private static void index(byte[] body) throws RepositoryException {
        byte[] object = new FieldWriter()
                .raw(ObjectHeader.plain(ObjectHeader.Type.INDEX).bytes())
                .raw(body)
                .toByteArray();
        ObjectKey key = new ObjectKey("index");
        try (MemoryObjectStore store = new MemoryObjectStore()) {
            store.putIfAbsent(key, object);
            IndexReference reference = new IndexReference(key, object.length, Sha256.hex(object), 1);
            try (IndexReader reader = IndexReader.open(store, reference, PlaceKeys.NONE)) {
                while (reader.next().isPresent()) {
                    // Reading is all that is wanted.
                }
            }
        }
    }

    /** Objects of a small repository whose keys have this in them. */
    private static List<byte[]> objects(String within) throws Exception {
        Path scratch = Files.createTempDirectory("holdfast-fuzz");
        try (MemoryObjectStore store = new MemoryObjectStore()) {
            TargetPlace place = SampleBackup.place(store);
            SampleBackup.write(
                    place,
                    BACKUP.value(),
                    SampleBackup.files(),
                    SampleBackup.physical(),
                    WriterOptions.defaults(scratch));
            place.giveUp(new BackupId("given-up"), new AttemptId("a"), "an example");
            SampleBackup.writeWal(place, scratch);
            List<byte[]> objects = new ArrayList<>();
            ObjectStore.Listing listing = store.list("");
            while (listing.hasNext()) {
                ObjectKey key = listing.next().key();
                if (key.value().contains(within)) {
                    try (InputStream in = store.open(key)) {
                        objects.add(in.readAllBytes());
                    }
                }
            }
            return objects;
        } finally {
            Files.delete(scratch);
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
