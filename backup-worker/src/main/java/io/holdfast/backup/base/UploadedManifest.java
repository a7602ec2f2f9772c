package io.holdfast.backup.base;

import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.encoding.Sha256;
import io.holdfast.repository.index.FilePath;
import io.holdfast.repository.index.IndexEntry;
import io.holdfast.repository.manifest.BackupContent;
import io.holdfast.repository.manifest.WalNeeded;
import io.holdfast.repository.read.BackupReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * A backup_manifest of the parent, for the server to send what has changed since. It is made of what the parent's own
 * manifest and index say, which a worker can read where its pages are encrypted: the server asks for the names of
 * relations' files, and for the log that the parent needs. Checksums, which the format leaves free, are not in it.
 *
 * <p>Nor are visibility maps, which then come whole. The server's record of changes misses some of theirs: up to 17.10
 * after UPDATE and DELETE, later still after a vacuum that cuts a table without checksums; a stale one would hide rows. Nor
 * are relations that were cut.
 *
 * @see <a href="https://www.postgresql.org/docs/current/backup-manifest-format.html">Backup manifest format</a>
 */
final class UploadedManifest {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss 'GMT'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private final BufferedWriter out;
    private final MessageDigest digest = Sha256.digest();
    private final CutRelations cut;
    private String between = "\n";

    private UploadedManifest(BufferedWriter out, CutRelations cut) {
        this.out = out;
        this.cut = cut;
    }

    /**
     * Writes it to a file.
     *
     * @param parent a physical backup; its index is read, and nothing else
     * @param cut are left out, and so come whole
     * @throws RepositoryException.Damaged if the index is damaged
     */
    static void write(BackupReader parent, CutRelations cut, Path file) throws IOException {
        if (!(parent.manifest().details().content() instanceof BackupContent.Physical content)) {
            throw new IllegalArgumentException("The backup " + parent.manifest().backup() + " is not physical");
        }
        try (BufferedWriter out = Files.newBufferedWriter(file, StandardCharsets.US_ASCII)) {
            new UploadedManifest(out, cut).write(parent, content);
        }
    }

    private void write(BackupReader parent, BackupContent.Physical content) throws IOException {
        put("{ \"PostgreSQL-Backup-Manifest-Version\": 2,\n\"System-Identifier\": " + content.systemIdentifier()
                + ",\n\"Files\": [");
        parent.<IOException>forEachEntry(entry -> {
            if (entry instanceof IndexEntry.RegularFile file && isListed(file.path()) && !cut.have(file.path())) {
                // Such a name holds nothing that JSON would have to escape.
                put(between + "{ \"Path\": \"" + file.path() + "\", \"Size\": " + file.length()
                        + ", \"Last-Modified\": \"" + TIME.format(file.modified()) + "\" }");
                between = ",\n";
            }
        });
        WalNeeded wal = content.wal();
        put("\n],\n\"WAL-Ranges\": [\n{ \"Timeline\": " + Integer.toUnsignedString(wal.timeline())
                + ", \"Start-LSN\": \"" + wal.startLsn() + "\", \"End-LSN\": \"" + wal.stopLsn() + "\" }\n],\n");
        out.write("\"Manifest-Checksum\": \"" + Sha256.hex(digest) + "\"}\n");
    }

    private static boolean isListed(FilePath path) {
        return RelationFile.of(path, 1)
                .filter(relation -> !relation.isVisibilityMap())
                .isPresent();
    }

    private void put(String text) throws IOException {
        out.write(text);
        digest.update(text.getBytes(StandardCharsets.US_ASCII));
    }
}
