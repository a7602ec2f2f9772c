package io.holdfast.backup.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.holdfast.repository.BackupId;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.SampleBackup;
import io.holdfast.repository.TargetPlace;
import io.holdfast.repository.encoding.Sha256;
import io.holdfast.repository.index.FilePath;
import io.holdfast.repository.key.GoldenKeys;
import io.holdfast.repository.manifest.BackupDetails;
import io.holdfast.repository.store.MemoryObjectStore;
import io.holdfast.repository.store.ObjectKey;
import io.holdfast.repository.wal.Lsn;
import io.holdfast.repository.write.WriterOptions;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UploadedManifestTest {
    private static final CutRelations NOTHING_CUT = new CutRelations(Set.of(), 1, Lsn.parse("0/200028"));

    private static final List<String> LISTED = List.of(
            "global/1262",
            "base/5/1259",
            "base/5/1259.3",
            "base/5/1259_init",
            "pg_tblspc/16384/PG_17_202406281/5/99.1");
    private static final List<String> OTHERS = List.of(
            "base/5/1259_vm",
            "base/5/2619_vm.3",
            "pg_tblspc/16384/PG_17_202406281/5/99_vm.1",
            "base/5/PG_VERSION",
            "a \"_vm\" of mine",
            "größe_vm",
            "base/5/1259_vmx",
            "pg_xact/0000");

    private final MemoryObjectStore store = new MemoryObjectStore();
    private final Path folder;

    UploadedManifestTest(@TempDir Path folder) {
        this.folder = folder;
    }

    @Test
    void relations_files_are_listed_and_the_log_and_nothing_else() throws Exception {
        String text = written(LISTED, OTHERS);
        JsonNode manifest = new ObjectMapper().readTree(text);

        assertThat(manifest.path("Files").findValuesAsText("Path")).containsExactlyInAnyOrderElementsOf(LISTED);
        assertThat(manifest.path("Files").findValuesAsText("Size")).containsOnly("3");
        assertThat(manifest.path("Files").findValuesAsText("Last-Modified")).containsOnly("2026-11-20 10:00:00 GMT");
        assertThat(manifest.path("System-Identifier").asText()).isEqualTo(SampleBackup.CLUSTER.value());
        assertThat(manifest.path("WAL-Ranges"))
                .containsExactly(new ObjectMapper()
                        .readTree("{\"Timeline\":1,\"Start-LSN\":\"0/200028\",\"End-LSN\":\"0/300100\"}"));
        int end = text.indexOf("\"Manifest-Checksum\"");
        assertThat(manifest.path("Manifest-Checksum").asText())
                .isEqualTo(Sha256.hex(text.substring(0, end).getBytes(StandardCharsets.US_ASCII)));
    }

    @Test
    void what_was_cut_is_left_out_with_all_its_files() throws Exception {
        List<String> others =
                List.of("base/5/16384", "base/5/16384.1", "pg_tblspc/77/PG_17_202406281/5/16384", "global/1262");
        List<String> listed =
                List.of("base/4/16384", "base/5/16385", "pg_tblspc/78/PG_17_202406281/5/16384", "global/1260");
        TargetPlace place =
                backUp(Stream.concat(others.stream(), listed.stream()).toList());
        Path file = folder.resolve("manifest");

        UploadedManifest.write(
                place.read(new BackupId("b1")),
                new CutRelations(
                        Set.of(
                                new RelationFile.Relation(1663, 5, 16384),
                                new RelationFile.Relation(77, 5, 16384),
                                new RelationFile.Relation(1664, 0, 1262)),
                        1,
                        Lsn.parse("0/200028")),
                file);

        assertThat(new ObjectMapper()
                        .readTree(Files.readString(file))
                        .path("Files")
                        .findValuesAsText("Path"))
                .containsExactlyInAnyOrderElementsOf(listed);
    }

    @Test
    void a_backup_without_relations_gives_an_empty_list() throws Exception {
        assertThat(new ObjectMapper().readTree(written(List.of(), OTHERS)).path("Files"))
                .isEmpty();
    }

    @Test
    void a_damaged_index_is_said() throws Exception {
        TargetPlace place = backUp(LISTED);
        ObjectKey index = place.read(new BackupId("b1")).manifest().index().key();
        store.delete(index);

        assertThatThrownBy(() ->
                        UploadedManifest.write(place.read(new BackupId("b1")), NOTHING_CUT, folder.resolve("manifest")))
                .isInstanceOf(RepositoryException.class)
                .hasMessageContaining(index.value());
    }

    @Test
    void a_logical_backup_has_none() throws Exception {
        TargetPlace place = backUp(List.of("dump"), SampleBackup.logical());

        assertThatThrownBy(() ->
                        UploadedManifest.write(place.read(new BackupId("b1")), NOTHING_CUT, folder.resolve("manifest")))
                .isInstanceOf(IllegalArgumentException.class);
    }

    /** Written by somebody who has the index key and opens no page. */
    private String written(List<String> listed, List<String> others) throws Exception {
        TargetPlace place =
                backUp(Stream.concat(others.stream(), listed.stream()).toList());
        Path file = folder.resolve("manifest");
        UploadedManifest.write(place.read(new BackupId("b1")), NOTHING_CUT, file);
        return Files.readString(file);
    }

    private TargetPlace backUp(List<String> paths) throws Exception {
        return backUp(paths, SampleBackup.physical());
    }

    private TargetPlace backUp(List<String> paths, BackupDetails details) throws Exception {
        Map<FilePath, byte[]> files = new LinkedHashMap<>();
        paths.forEach(path -> files.put(new FilePath(path), new byte[] {1, 2, 3}));
        SampleBackup.write(
                SampleBackup.place(store, GoldenKeys.workers()),
                "b1",
                files,
                details,
                WriterOptions.defaults(Files.createDirectories(folder.resolve("work"))));
        return SampleBackup.place(store, GoldenKeys.verifiers());
    }
}
