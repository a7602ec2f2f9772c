package io.holdfast.repository.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.repository.AttemptId;
import io.holdfast.repository.BackupId;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.SampleBackup;
import io.holdfast.repository.TargetPlace;
import io.holdfast.repository.content.ReadProgress;
import io.holdfast.repository.index.FilePath;
import io.holdfast.repository.index.IndexEntry;
import io.holdfast.repository.map.FileMap;
import io.holdfast.repository.read.BackupReader;
import io.holdfast.repository.store.FileObjectStore;
import io.holdfast.repository.write.BackupWriter;
import io.holdfast.repository.write.FileHeader;
import io.holdfast.repository.write.FileSink;
import io.holdfast.repository.write.WriterOptions;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RestoreTest {
    @TempDir
    Path scratch = Path.of("");

    private final Path work;
    private final TargetPlace place;

    RestoreTest(@TempDir Path repository, @TempDir Path work) throws Exception {
        this.place = SampleBackup.place(FileObjectStore.at(repository));
        this.work = work;
    }

    private BackupReader written(Map<FilePath, byte[]> files) throws RepositoryException {
        SampleBackup.write(
                place,
                "b1",
                files,
                SampleBackup.logical(),
                WriterOptions.defaults(work).withPackBytes(1 << 20));
        return place.read(new BackupId("b1"));
    }

    @Test
    void files_of_all_shapes_come_back_as_they_were() throws Exception {
        Map<FilePath, byte[]> files = SampleBackup.files();
        BackupReader backup = written(files);
        Path directory = scratch.resolve("restored");

        RestoreReport report = backup.restoreTo(directory, RestoreOptions.defaults(), ReadProgress.NONE);

        for (Map.Entry<FilePath, byte[]> file : files.entrySet()) {
            assertThat(Files.readAllBytes(directory.resolve(file.getKey().value())))
                    .as(file.getKey().value())
                    .isEqualTo(file.getValue());
        }
        assertThat(report.files()).isEqualTo(files.size());
        assertThat(report.bytes()).isEqualTo(backup.manifest().sizes().bytes());
        assertThat(backup.manifest().packs()).hasSizeGreaterThan(3);
        assertThat(work).isEmptyDirectory();
    }

    @Test
    void a_file_is_read_as_a_stream() throws Exception {
        Map<FilePath, byte[]> files = SampleBackup.files();
        BackupReader backup = written(files);

        List<FilePath> seen = new ArrayList<>();
        backup.<Exception>forEachEntry(entry -> {
            if (entry instanceof IndexEntry.RegularFile file) {
                seen.add(file.path());
                try (InputStream in = backup.open(file)) {
                    assertThat(in.readAllBytes()).isEqualTo(files.get(file.path()));
                }
            }
        });
        assertThat(seen).containsExactlyElementsOf(files.keySet());
    }

    @Test
    void a_file_of_several_parts_comes_back_with_each_part_in_its_place_and_its_mode() throws Exception {
        FilePath path = new FilePath("base/5/16384");
        byte[] page = SampleBackup.random(new Random(8), 8192);
        byte[] zeros = new byte[1 << 20];
        long length = 2 * FileMap.BYTES_PER_PART + 100;
        try (BackupWriter writer =
                place.beginBackup(new BackupId("b1"), new AttemptId("a1"), WriterOptions.defaults(work))) {
            FileSink sink = writer.beginFile(new FileHeader.Regular(path, 0640, SampleBackup.NOW));
            for (int part = 0; part < 2; part++) {
                page[0] = (byte) part;
                sink.write(page, 0, page.length);
                for (long rest = FileMap.BYTES_PER_PART - page.length; rest > 0; rest -= zeros.length) {
                    sink.write(zeros, 0, (int) Math.min(rest, zeros.length));
                }
            }
            sink.write(page, 0, 100);
            sink.finish();
            writer.commit(SampleBackup.logical());
        }
        Path restored = scratch.resolve("restored");

        RestoreReport report = place.read(new BackupId("b1"))
                .restoreTo(restored, RestoreOptions.defaults().withThreads(4), ReadProgress.NONE);

        Path file = restored.resolve(path.value());
        assertThat(report.files()).isEqualTo(1);
        assertThat(Files.size(file)).isEqualTo(length);
        assertThat(Files.getLastModifiedTime(file).toInstant()).isEqualTo(SampleBackup.NOW);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-r-----");
        try (SeekableByteChannel channel = Files.newByteChannel(file)) {
            for (int part = 0; part < 2; part++) {
                page[0] = (byte) part;
                assertThat(read(channel, part * FileMap.BYTES_PER_PART, page.length))
                        .isEqualTo(page);
                assertThat(read(channel, part * FileMap.BYTES_PER_PART + page.length, page.length))
                        .isEqualTo(new byte[page.length]);
            }
            assertThat(read(channel, 2 * FileMap.BYTES_PER_PART, 100)).isEqualTo(Arrays.copyOf(page, 100));
        }
    }

    private static byte[] read(SeekableByteChannel channel, long position, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        channel.position(position);
        while (bytes.hasRemaining() && channel.read(bytes) >= 0) {
            // Until it is full or the file ends.
        }
        return bytes.array();
    }

    @Test
    void attachments_stay_out_of_the_directory() throws Exception {
        FilePath path = new FilePath("backup_manifest");
        try (BackupWriter writer =
                place.beginBackup(new BackupId("b1"), new AttemptId("a1"), WriterOptions.defaults(work))) {
            FileSink sink = writer.beginFile(new FileHeader.Attached(path));
            sink.write(new byte[] {1, 2, 3}, 0, 3);
            sink.finish();
            writer.commit(SampleBackup.logical());
        }
        BackupReader backup = place.read(new BackupId("b1"));

        backup.restoreTo(scratch.resolve("restored"), RestoreOptions.defaults(), ReadProgress.NONE);

        assertThat(scratch.resolve("restored")).isEmptyDirectory();
        IndexEntry found = backup.find(path).orElseThrow();
        try (InputStream in = backup.open((IndexEntry.Attachment) found)) {
            assertThat(in.readAllBytes()).containsExactly(1, 2, 3);
        }
    }

    @Test
    void a_directory_with_something_in_it_is_refused() throws Exception {
        BackupReader backup = written(SampleBackup.files());
        Path directory = Files.createDirectory(scratch.resolve("restored"));
        Files.writeString(directory.resolve("mine"), "mine");

        assertThatThrownBy(() -> backup.restoreTo(directory, RestoreOptions.defaults(), ReadProgress.NONE))
                .isInstanceOf(RepositoryException.Conflict.class)
                .hasMessageContaining("HINT:");
        assertThat(directory.toFile().list()).containsExactly("mine");
    }

    @Test
    void a_link_that_leads_outside_is_refused_before_anything_is_written() throws Exception {
        for (String destination : List.of("/etc", "../outside", "a/../../outside", "..", "")) {
            String id = "b" + destination.hashCode();
            try (BackupWriter writer =
                    place.beginBackup(new BackupId(id), new AttemptId("a1"), WriterOptions.defaults(work))) {
                writer.addSymbolicLink(new FilePath("a"), destination, SampleBackup.NOW);
                FileSink sink = writer.beginFile(new FileHeader.Regular(new FilePath("a/b"), 0600, SampleBackup.NOW));
                sink.finish();
                writer.commit(SampleBackup.logical());
            }
            Path directory = scratch.resolve("restored");

            assertThatThrownBy(() -> place.read(new BackupId(id))
                            .restoreTo(directory, RestoreOptions.defaults(), ReadProgress.NONE))
                    .as(destination)
                    .isInstanceOf(RepositoryException.Unusable.class);
            assertThat(directory).doesNotExist();
        }
    }

    @Test
    void modes_links_and_directories_come_back() throws Exception {
        try (BackupWriter writer =
                place.beginBackup(new BackupId("b1"), new AttemptId("a1"), WriterOptions.defaults(work))) {
            writer.addDirectory(new FilePath("closed"), 0500, SampleBackup.NOW);
            writer.addDirectory(new FilePath("closed/empty"), 0750, SampleBackup.NOW);
            FileSink sink = writer.beginFile(new FileHeader.Regular(new FilePath("closed/f"), 0640, SampleBackup.NOW));
            sink.finish();
            writer.addSymbolicLink(new FilePath("link"), "closed/f", SampleBackup.NOW);
            writer.commit(SampleBackup.logical());
        }
        Path directory = scratch.resolve("restored");

        place.read(new BackupId("b1")).restoreTo(directory, RestoreOptions.defaults(), ReadProgress.NONE);

        assertThat(mode(directory)).isEqualTo("rwx------");
        assertThat(mode(directory.resolve("closed"))).isEqualTo("r-x------");
        assertThat(mode(directory.resolve("closed/empty"))).isEqualTo("rwxr-x---");
        assertThat(mode(directory.resolve("closed/f"))).isEqualTo("rw-r-----");
        assertThat(Files.getLastModifiedTime(directory.resolve("closed/f")).toInstant())
                .isEqualTo(SampleBackup.NOW);
        assertThat(Files.readSymbolicLink(directory.resolve("link"))).isEqualTo(Path.of("closed/f"));
    }

    private static String mode(Path path) throws Exception {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    @Test
    void a_tablespace_goes_where_it_is_redirected_to() throws Exception {
        FilePath tablespace = new FilePath("pg_tblspc/16400");
        try (BackupWriter writer =
                place.beginBackup(new BackupId("b1"), new AttemptId("a1"), WriterOptions.defaults(work))) {
            writer.addSymbolicLink(tablespace, "/srv/fast disk", SampleBackup.NOW);
            FileSink sink = writer.beginFile(
                    new FileHeader.Regular(new FilePath("pg_tblspc/16400/PG_17/5/1"), 0600, SampleBackup.NOW));
            sink.write(new byte[] {9}, 0, 1);
            sink.finish();
            writer.commit(SampleBackup.logical());
        }
        Path directory = scratch.resolve("restored");
        Path elsewhere = scratch.resolve("else where");

        place.read(new BackupId("b1"))
                .restoreTo(
                        directory,
                        RestoreOptions.defaults().withRedirects(Map.of(tablespace, elsewhere)),
                        ReadProgress.NONE);

        assertThat(elsewhere.resolve("PG_17/5/1")).hasBinaryContent(new byte[] {9});
        assertThat(Files.readSymbolicLink(directory.resolve("pg_tblspc/16400"))).isEqualTo(elsewhere);
    }
}
