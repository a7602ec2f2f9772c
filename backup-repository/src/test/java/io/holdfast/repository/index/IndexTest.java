package io.holdfast.repository.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.encoding.FieldReader;
import io.holdfast.repository.encoding.FieldWriter;
import io.holdfast.repository.encoding.MalformedException;
import io.holdfast.repository.encoding.Sha256;
import io.holdfast.repository.map.FileMap;
import io.holdfast.repository.map.MapId;
import io.holdfast.repository.map.Maps;
import io.holdfast.repository.seal.BodySeal;
import io.holdfast.repository.seal.PlaceKeys;
import io.holdfast.repository.store.MemoryObjectStore;
import io.holdfast.repository.store.ObjectKey;
import io.holdfast.repository.store.ObjectUpload;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IndexTest {
    @Test
    void a_spool_takes_and_gives_nothing_any_more_once_it_is_closed(@TempDir Path work) throws Exception {
        IndexSpool spool = IndexSpool.in(work);
        IndexEntry entry = new IndexEntry.Directory(new FilePath("d"), 0700, Instant.EPOCH);
        spool.add(entry);

        spool.close();

        assertThatThrownBy(() -> spool.add(entry)).isInstanceOf(RepositoryException.Unavailable.class);
        try (ObjectUpload upload = new MemoryObjectStore().upload(ObjectKey.of("index"))) {
            assertThatThrownBy(() -> spool.copyTo(upload, ObjectKey.of("index"), BodySeal.NONE))
                    .isInstanceOf(RepositoryException.Unavailable.class);
        }
    }

    @Provide
    Arbitrary<IndexEntry> entries() {
        Arbitrary<FilePath> paths = Arbitraries.strings()
                .withChars("ab -'\";$()\n\t\\*äß漢\u0001")
                .ofMinLength(1)
                .ofMaxLength(30)
                .list()
                .ofMinSize(1)
                .ofMaxSize(4)
                .map(segments -> new FilePath(String.join("/", segments)));
        Arbitrary<Integer> modes = Arbitraries.integers().between(0, 07777);
        Arbitrary<Instant> times = Combinators.combine(
                        Arbitraries.longs().between(-10_000_000_000L, 10_000_000_000L),
                        Arbitraries.integers().between(0, 999_999_999))
                .as(Instant::ofEpochSecond);
        Arbitrary<IndexEntry> files = Combinators.combine(paths, modes, times, Maps.any())
                .as((path, mode, time, map) -> file(path, mode, time, map));
        Arbitrary<IndexEntry> attachments = Combinators.combine(paths, Maps.any())
                .as((path, map) -> new IndexEntry.Attachment(path, map.length(), inline(map)));
        Arbitrary<IndexEntry> directories =
                Combinators.combine(paths, modes, times).as(IndexEntry.Directory::new);
        Arbitrary<IndexEntry> links = Combinators.combine(
                        paths, Arbitraries.strings().ofMaxLength(40), times)
                .filter((path, destination, time) -> destination.equals(new String(
                        destination.getBytes(java.nio.charset.StandardCharsets.UTF_8),
                        java.nio.charset.StandardCharsets.UTF_8)))
                .as(IndexEntry.SymbolicLink::new);
        return Arbitraries.oneOf(files, attachments, directories, links);
    }

    /** A file of two parts: the first is described elsewhere. */
    private static IndexEntry file(FilePath path, int mode, Instant time, FileMap last) {
        MapReference first = new MapReference.Shared(new MapId("ab".repeat(32)));
        return new IndexEntry.RegularFile(
                path,
                mode,
                time,
                FileMap.BYTES_PER_PART + last.length(),
                List.of(first, new MapReference.Inline(last)));
    }

    private static List<MapReference> inline(FileMap map) {
        return List.of(new MapReference.Inline(map));
    }

    @Property(tries = 500)
    void what_is_encoded_is_decoded(@ForAll("entries") IndexEntry entry) throws Exception {
        FieldWriter out = new FieldWriter();
        IndexEntryCodec.encode(entry, out);
        FieldReader in = new FieldReader(out.toByteArray());

        assertThat(IndexEntryCodec.decode(in)).isEqualTo(entry);
        in.end();
    }

    @Property(tries = 2000)
    void garbage_is_refused_or_is_an_entry(@ForAll byte[] garbage) {
        FieldReader in = new FieldReader(garbage);
        try {
            FieldWriter out = new FieldWriter();
            IndexEntryCodec.encode(IndexEntryCodec.decode(in), out);
            assertThat(out.length()).isEqualTo(garbage.length - in.remaining());
        } catch (MalformedException e) {
            assertThat(e).hasMessageNotContaining("null");
        }
    }

    @Test
    void an_index_of_many_blocks_is_read_back(@TempDir Path work) throws Exception {
        MemoryObjectStore store = new MemoryObjectStore();
        List<IndexEntry> entries = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            entries.add(new IndexEntry.RegularFile(new FilePath("base/" + i), 0600, Instant.EPOCH, 0, List.of()));
        }

        IndexReference index = write(store, entries, work);

        List<IndexEntry> read = new ArrayList<>();
        IndexReader.check(store, index);
        try (IndexReader reader = IndexReader.open(store, index, PlaceKeys.NONE)) {
            for (Optional<IndexEntry> entry = reader.next(); entry.isPresent(); entry = reader.next()) {
                read.add(entry.get());
            }
        }
        assertThat(read).isEqualTo(entries);
        assertThat(work).isEmptyDirectory();
    }

    private static IndexReference write(MemoryObjectStore store, List<IndexEntry> entries, Path work)
            throws RepositoryException {
        ObjectKey key = new ObjectKey("index");
        try (IndexSpool spool = IndexSpool.in(work);
                ObjectUpload upload = store.upload(key)) {
            for (IndexEntry entry : entries) {
                spool.add(entry);
            }
            String sha256 = spool.copyTo(upload, ObjectKey.of("index"), BodySeal.NONE);
            long length = upload.length();
            upload.commit();
            return new IndexReference(key, length, sha256, spool.entries());
        }
    }

    @Test
    void another_number_of_entries_is_refused(@TempDir Path work) throws Exception {
        MemoryObjectStore store = new MemoryObjectStore();
        IndexReference index =
                write(store, List.of(new IndexEntry.Directory(new FilePath("d"), 0700, Instant.EPOCH)), work);
        IndexReference other = new IndexReference(index.key(), index.length(), index.sha256(), 2);

        try (IndexReader reader = IndexReader.open(store, other, PlaceKeys.NONE)) {
            reader.next();
            assertThatThrownBy(reader::next).isInstanceOf(RepositoryException.Damaged.class);
        }
    }

    @Test
    void a_missing_work_directory_is_said(@TempDir Path work) throws Exception {
        Files.delete(work);
        assertThatThrownBy(() -> IndexSpool.in(work))
                .isInstanceOf(RepositoryException.NotFound.class)
                .hasMessageContaining("work directory")
                .hasMessageContaining("HINT:");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "/", "/etc/passwd", "..", "a/..", "a/../b", "a//b", "a/", "./a", "a/.", "a\u0000", "\ud800"})
    void a_path_that_could_lead_elsewhere_is_refused(String path) {
        assertThatThrownBy(() -> new FilePath(path)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void paths_of_tar_archives_are_normalised() {
        assertThat(FilePath.normalised("./pg_wal//archive_status/")).isEqualTo(new FilePath("pg_wal/archive_status"));
        assertThatThrownBy(() -> FilePath.normalised("a/../../b")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> FilePath.normalised("/a")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> FilePath.normalised("./")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> FilePath.ofUtf8(new byte[] {(byte) 0xff}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("HINT:");
        assertThat(Sha256.hex(new byte[0])).startsWith("e3b0c442");
    }
}
