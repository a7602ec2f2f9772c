package io.holdfast.repository.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.holdfast.repository.AttemptId;
import io.holdfast.repository.BackupId;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.SampleBackup;
import io.holdfast.repository.encoding.MalformedException;
import io.holdfast.repository.encoding.Sha256;
import io.holdfast.repository.index.IndexReference;
import io.holdfast.repository.seal.BodyOpener;
import io.holdfast.repository.seal.BodySeal;
import io.holdfast.repository.seal.PlaceKeys;
import io.holdfast.repository.store.ObjectKey;
import io.holdfast.repository.wal.Lsn;
import java.nio.charset.StandardCharsets;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class ManifestCodecTest {
    private static final ObjectKey KEY = ObjectKey.of("manifest");
    private static final ManifestObject.Committed MANIFEST = new ManifestObject.Committed(new BackupManifest(
            new BackupId("b1"),
            new AttemptId("a1"),
            SampleBackup.TARGET,
            SampleBackup.CLUSTER,
            SampleBackup.physical(),
            8192,
            "0123456789abcdef",
            new BackupManifest.Sizes(3, 1000, 100),
            new IndexReference(new ObjectKey("x/y"), 10, "ab".repeat(32), 3),
            List.of(new BackupManifest.PackReference(0, 100, "cd".repeat(32))),
            List.of(new BackupManifest.AttemptReference(new BackupId("b0"), new AttemptId("a0"))),
            List.of(77L),
            List.of()));

    @Test
    void what_is_written_is_read_back() throws Exception {
        ManifestObject aborted = new ManifestObject.Aborted(new BackupId("b"), new AttemptId("a"), "why\n\"not\"");

        assertThat(ManifestCodec.decode(
                        ManifestCodec.encode(MANIFEST, KEY, BodySeal.NONE), KEY, new BodyOpener(PlaceKeys.NONE)))
                .isEqualTo(MANIFEST);
        assertThat(ManifestCodec.decode(
                        ManifestCodec.encode(aborted, KEY, BodySeal.NONE), KEY, new BodyOpener(PlaceKeys.NONE)))
                .isEqualTo(aborted);
    }

    @Test
    void the_whole_is_a_json_document() throws Exception {
        var json = new ObjectMapper().readTree(ManifestCodec.encode(MANIFEST, KEY, BodySeal.NONE));

        assertThat(json.at("/format").asText()).isEqualTo("holdfast-manifest");
        assertThat(json.at("/body/backup/details/content/wal/start_lsn").asText())
                .isEqualTo("0/200028");
        assertThat(json.at("/body/backup/details/parent").isNull()).isTrue();
    }

    @Test
    void members_added_by_later_versions_are_ignored() throws Exception {
        assertThat(decodeWith("\"sizes\" : {", "\"added_later\" : {\"x\":[1]}, \"sizes\" : {"))
                .isEqualTo(MANIFEST);
    }

    @Test
    void a_member_that_is_missing_is_missed_unless_it_came_later() throws Exception {
        for (String needed : List.of("page_size", "page_hash_seed", "packs", "refers_to", "stored_bytes")) {
            assertThatThrownBy(() -> decodeWith("\"" + needed + "\"", "\"other\""))
                    .as(needed)
                    .isInstanceOf(MalformedException.class);
        }
        ManifestObject without = decodeWith("\"used_bytes\"", "\"other\"");
        assertThat(((ManifestObject.Committed) without).backup().usedBytes()).isEmpty();
    }

    private static ManifestObject decodeWith(String text, String instead) throws Exception {
        String document = new String(ManifestCodec.encode(MANIFEST, KEY, BodySeal.NONE), StandardCharsets.UTF_8);
        assertThat(document).contains(text);
        String body = document.substring(document.indexOf('\n') + 1, document.length() - 3)
                .replace(text, instead);
        String changed = "{\"format\":\"holdfast-manifest\",\"version\":1,\"sha256\":\""
                + Sha256.hex(body.getBytes(StandardCharsets.UTF_8)) + "\",\"body\":\n" + body + "\n}\n";
        return ManifestCodec.decode(changed.getBytes(StandardCharsets.UTF_8), KEY, new BodyOpener(PlaceKeys.NONE));
    }

    @Test
    void a_manifest_that_nobody_could_read_is_not_written() {
        ManifestObject.Aborted endless = new ManifestObject.Aborted(
                new BackupId("b"), new AttemptId("a"), "x".repeat(ManifestCodec.LONGEST - 100));

        assertThatThrownBy(() -> ManifestCodec.encode(endless, KEY, BodySeal.NONE))
                .isInstanceOf(RepositoryException.Unusable.class)
                .hasMessageContaining("manifest")
                .hasMessageContaining("HINT:");
    }

    @Test
    void every_changed_byte_is_noticed() throws Exception {
        byte[] document = ManifestCodec.encode(MANIFEST, KEY, BodySeal.NONE);
        for (int i = 0; i < document.length; i++) {
            byte[] changed = document.clone();
            changed[i] ^= 1;
            assertThatThrownBy(() -> ManifestCodec.decode(changed, KEY, new BodyOpener(PlaceKeys.NONE)))
                    .isInstanceOf(MalformedException.class);
        }
    }

    @Property(tries = 1000)
    void garbage_with_a_right_digest_is_refused(@ForAll String garbage) {
        byte[] body = garbage.getBytes(StandardCharsets.UTF_8);
        byte[] document = ("{\"format\":\"holdfast-manifest\",\"version\":1,\"sha256\":\"" + Sha256.hex(body)
                        + "\",\"body\":\n" + new String(body, StandardCharsets.UTF_8) + "\n}\n")
                .getBytes(StandardCharsets.UTF_8);

        assertThatThrownBy(() -> ManifestCodec.decode(document, KEY, new BodyOpener(PlaceKeys.NONE)))
                .isInstanceOf(MalformedException.class);
    }

    @Test
    void the_wal_needed_ends_with_the_segment_of_the_last_byte() {
        WalNeeded toTheEnd = new WalNeeded(1, Lsn.parse("0/2000028"), Lsn.parse("0/4000000"), 16 << 20);
        WalNeeded overTheEnd = new WalNeeded(1, Lsn.parse("0/2000028"), Lsn.parse("0/4000001"), 16 << 20);

        assertThat(toTheEnd.segments())
                .extracting(Object::toString)
                .containsExactly("000000010000000000000002", "000000010000000000000003");
        assertThat(overTheEnd.segments()).hasSize(3);
        assertThatThrownBy(() -> new WalNeeded(1, Lsn.parse("0/2"), Lsn.parse("0/2"), 16 << 20))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new WalNeeded(1, Lsn.ZERO, new Lsn(-1), 1 << 20))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
