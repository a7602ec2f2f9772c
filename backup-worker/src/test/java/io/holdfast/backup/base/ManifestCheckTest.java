package io.holdfast.backup.base;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.repository.index.FilePath;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.zip.CRC32C;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class ManifestCheckTest {
    private static final byte[] CONTENT = "17\n".getBytes(StandardCharsets.US_ASCII);

    @Property(tries = 100)
    void a_manifest_that_agrees_is_accepted_whatever_the_pieces(@ForAll @IntRange(min = 1, max = 500) int piece)
            throws Exception {
        byte[] manifest = manifest(CONTENT.length, sum(CONTENT));
        assertThatCode(() -> check(manifest, piece, "PG_VERSION")).doesNotThrowAnyException();
    }

    @Test
    void a_file_of_another_length_or_content_is_found() throws Exception {
        byte[] longer = manifest(CONTENT.length + 1, sum(CONTENT));
        assertThatThrownBy(() -> check(longer, 100, "PG_VERSION")).hasMessageContaining("PG_VERSION");
        byte[] other = manifest(CONTENT.length, sum(new byte[3]));
        assertThatThrownBy(() -> check(other, 100, "PG_VERSION")).hasMessageContaining("checksum");
    }

    @Test
    void a_file_that_did_not_come_and_one_that_is_not_named_are_found() throws Exception {
        byte[] manifest = manifest(CONTENT.length, sum(CONTENT));
        assertThatThrownBy(() -> check(manifest, 100)).hasMessageContaining("PG_VERSION");
        assertThatThrownBy(() -> check(manifest, 100, "PG_VERSION", "base/1/9999"))
                .hasMessageContaining("base/1/9999");
    }

    @Property(tries = 300)
    void a_flipped_byte_anywhere_is_found(@ForAll @IntRange(max = 280) int at, @ForAll @IntRange(max = 7) int bit)
            throws Exception {
        byte[] manifest = manifest(CONTENT.length, sum(CONTENT));
        int index = at % (manifest.length - 3);
        manifest[index] ^= (byte) (1 << bit);
        assertThatThrownBy(() -> check(manifest, 64, "PG_VERSION")).isInstanceOf(IOException.class);
    }

    @Property(tries = 500)
    void garbage_is_refused(@ForAll @Size(max = 400) byte[] garbage) {
        assertThatThrownBy(() -> check(garbage, 50)).isInstanceOf(MalformedStreamException.class);
    }

    private static void check(byte[] manifest, int piece, String... paths) throws IOException {
        Path folder = Files.createTempDirectory("manifest-check");
        try (ReceivedFiles received = ReceivedFiles.in(folder)) {
            CRC32C sum = new CRC32C();
            sum.update(CONTENT);
            for (String path : paths) {
                received.add(new FilePath(path), CONTENT.length, sum);
            }
            received.requireDistinct();
            ManifestCheck check = new ManifestCheck(received);
            for (int at = 0; at < manifest.length; at += piece) {
                check.take(ByteBuffer.wrap(manifest, at, Math.min(piece, manifest.length - at)));
            }
            check.finish();
        } finally {
            Files.delete(folder);
        }
    }

    private static String sum(byte[] content) {
        CRC32C sum = new CRC32C();
        sum.update(content);
        return HexFormat.of().toHexDigits(Integer.reverseBytes((int) sum.getValue()));
    }

    private static byte[] manifest(int size, String checksum) throws Exception {
        String counted = """
                { "PostgreSQL-Backup-Manifest-Version": 2,
                "System-Identifier": 7310000000000000000,
                "Files": [
                { "Path": "PG_VERSION", "Size": %d, "Last-Modified": "2026-11-20 12:00:00 GMT", "Checksum-Algorithm": "CRC32C", "Checksum": "%s" }
                ],
                "WAL-Ranges": [
                { "Timeline": 1, "Start-LSN": "0/2000028", "End-LSN": "0/2000100" }
                ],
                """.formatted(size, checksum);
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(counted.getBytes(StandardCharsets.UTF_8));
        return (counted + "\"Manifest-Checksum\": \"" + HexFormat.of().formatHex(digest) + "\"}\n")
                .getBytes(StandardCharsets.UTF_8);
    }
}
