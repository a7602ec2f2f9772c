package io.holdfast.backup.base;

import io.holdfast.repository.encoding.Sha256;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.regex.Pattern;

/**
 * The parent's backup_manifest as it is handed back to the server: without visibility maps, which then come whole. The
 * server's record of changes misses some of theirs: up to 17.10 after UPDATE and DELETE, later still after a vacuum that
 * cuts a table without checksums; a stale one would hide rows.
 *
 * @see <a href="https://www.postgresql.org/docs/current/backup-manifest-format.html">Backup manifest format</a>
 */
final class UploadedManifest {
    private static final Pattern VISIBILITY_MAP =
            Pattern.compile("\\{ \"Path\": \"(?:[^\"]*/)?(?:INCREMENTAL\\.)?\\d+_vm(?:\\.\\d+)?\".*");
    private static final String FILES = "\"Files\": [";
    private static final String CHECKSUM = "\"Manifest-Checksum\"";

    private final BufferedWriter out;
    private final MessageDigest digest = Sha256.digest();

    private UploadedManifest(BufferedWriter out) {
        this.out = out;
    }

    /**
     * Writes it to a file, with a checksum of its own.
     *
     * @throws MalformedStreamException if it is not laid out as servers do
     */
    static void write(InputStream manifest, Path file) throws IOException {
        // Bytes are kept as they are, whatever their encoding.
        try (BufferedReader in = new BufferedReader(new InputStreamReader(manifest, StandardCharsets.ISO_8859_1));
                BufferedWriter out = Files.newBufferedWriter(file, StandardCharsets.ISO_8859_1)) {
            new UploadedManifest(out).copy(in);
        }
    }

    private void copy(BufferedReader in) throws IOException {
        boolean inFiles = false;
        String before = "";
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            if (line.startsWith(CHECKSUM)) {
                put(before);
                out.write(CHECKSUM + ": \"" + Sha256.hex(digest) + "\"}\n");
                return;
            }
            if (inFiles && line.startsWith("{")) {
                if (!VISIBILITY_MAP.matcher(line).matches()) {
                    put(before + (line.endsWith(",") ? line.substring(0, line.length() - 1) : line));
                    before = ",\n";
                }
            } else {
                put((inFiles ? "\n" : before) + line);
                inFiles = line.equals(FILES);
                before = "\n";
            }
        }
        throw new MalformedStreamException("a backup manifest without its checksum");
    }

    private void put(String text) throws IOException {
        out.write(text);
        digest.update(text.getBytes(StandardCharsets.ISO_8859_1));
    }
}
