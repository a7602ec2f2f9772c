package io.holdfast.backup.replication;

import org.jspecify.annotations.Nullable;

/**
 * The options of BASE_BACKUP that a backup may choose. Always: WAIT false (else a broken archive_command would hang it),
 * a manifest with CRC32C, a tablespace map, and no check of page checksums by the server, which would turn one bad page
 * into no backup at all; the pages are checked where the stream is read.
 *
 * @param label shown in pg_stat_progress_basebackup and in backup_label
 * @param fastCheckpoint whether to begin with an immediate checkpoint instead of a spread one
 * @param progress whether the server estimates the total size first, which costs it a walk over its files
 * @param maxRateKib limit in KiB per second, 32 to 1048576; null for none
 * @param incremental whether only what has changed since the backup whose manifest was uploaded; from PostgreSQL 17 on
 */
public record BaseBackupCommand(
        String label,
        boolean fastCheckpoint,
        boolean progress,
        @Nullable Integer maxRateKib,
        boolean incremental) {
    public BaseBackupCommand {
        if (maxRateKib != null && (maxRateKib < 32 || maxRateKib > 1_048_576)) {
            throw new IllegalArgumentException("max rate " + maxRateKib + " is not between 32 and 1048576 KiB/s");
        }
    }

    String text() {
        StringBuilder text = new StringBuilder("BASE_BACKUP (LABEL ")
                .append(Quoting.literal(label))
                .append(", CHECKPOINT ")
                .append(fastCheckpoint ? "'fast'" : "'spread'")
                .append(", WAIT false, MANIFEST 'yes', MANIFEST_CHECKSUMS 'CRC32C', TABLESPACE_MAP true")
                .append(", VERIFY_CHECKSUMS false, PROGRESS ")
                .append(progress);
        if (maxRateKib != null) {
            text.append(", MAX_RATE ").append(maxRateKib);
        }
        if (incremental) {
            text.append(", INCREMENTAL");
        }
        return text.append(')').toString();
    }
}
