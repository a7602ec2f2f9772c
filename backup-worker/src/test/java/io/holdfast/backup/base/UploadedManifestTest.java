package io.holdfast.backup.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.repository.encoding.Sha256;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UploadedManifestTest {
    private static final List<String> OTHERS = List.of(
            "base/5/1259",
            "base/5/1259_fsm",
            "base/5/INCREMENTAL.2619",
            "a \\\"_vm\\\" of mine",
            "größe_vm",
            "base/5/1259_vmx");
    private static final List<String> MAPS =
            List.of("base/5/1259_vm", "base/5/INCREMENTAL.2619_vm.3", "pg_tblspc/16384/PG_17_202406281/5/99_vm.1");

    private final Path file;

    UploadedManifestTest(@TempDir Path folder) {
        file = folder.resolve("manifest");
    }

    @Test
    void visibility_maps_are_left_out_wherever_they_stand() throws Exception {
        for (List<String> order : List.of(
                Stream.concat(MAPS.stream(), OTHERS.stream()).toList(),
                Stream.concat(OTHERS.stream(), MAPS.stream()).toList(),
                Stream.concat(
                                Stream.of(OTHERS.getFirst(), MAPS.getFirst()),
                                OTHERS.stream().skip(1))
                        .toList())) {
            write(manifest(order));
            assertThat(Files.readString(file)).isEqualTo(manifest(OTHERS));
        }
    }

    @Test
    void a_manifest_without_visibility_maps_stays_as_it_is() throws Exception {
        write(manifest(OTHERS));
        assertThat(Files.readString(file)).isEqualTo(manifest(OTHERS));
        write(manifest(List.of("base/5/1259")));
        assertThat(Files.readString(file)).isEqualTo(manifest(List.of("base/5/1259")));
    }

    @Test
    void what_is_cut_short_is_refused() {
        String whole = manifest(OTHERS);
        assertThatThrownBy(() -> write(whole.substring(0, whole.indexOf("\"Manifest-Checksum"))))
                .isInstanceOf(MalformedStreamException.class);
    }

    private void write(String manifest) throws Exception {
        UploadedManifest.write(new ByteArrayInputStream(manifest.getBytes(StandardCharsets.UTF_8)), file);
    }

    /** As servers lay it out. */
    private static String manifest(List<String> paths) {
        String files = paths.stream()
                .map(path ->
                        "{ \"Path\": \"" + path + "\", \"Size\": 8192, \"Last-Modified\": \"2026-11-21 08:00:00 GMT\","
                                + " \"Checksum-Algorithm\": \"CRC32C\", \"Checksum\": \"7ac4f2a1\" }")
                .collect(Collectors.joining(",\n"));
        String body = "{ \"PostgreSQL-Backup-Manifest-Version\": 2,\n\"System-Identifier\": 7433990837263019081,\n"
                + "\"Files\": [\n" + files + "\n],\n\"WAL-Ranges\": [\n"
                + "{ \"Timeline\": 1, \"Start-LSN\": \"0/7000028\", \"End-LSN\": \"0/70001D8\" }\n],\n";
        return body + "\"Manifest-Checksum\": \"" + Sha256.hex(body.getBytes(StandardCharsets.UTF_8)) + "\"}\n";
    }
}
