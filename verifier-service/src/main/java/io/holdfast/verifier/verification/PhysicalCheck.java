package io.holdfast.verifier.verification;

import io.holdfast.events.verification.Damage;
import io.holdfast.repository.manifest.BackupContent;
import io.holdfast.repository.read.BackupReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Whether the files of a cluster are those that PostgreSQL listed, and its WAL reads from the backup's start to its end.
 *
 * @param threads how many threads compute checksums that are not known yet
 * @param sums those that are
 * @param wal what was found in the WAL when it was read
 */
record PhysicalCheck(int threads, ReadSums sums, WalCheck wal) {

    Shown check(BackupReader reader, BackupContent.Physical content, CheckProgress progress)
            throws IOException, InterruptedException {
        List<Damage> damages = new ArrayList<>();
        List<String> notes = new ArrayList<>();
        if (content.postgresManifest().isPresent()) {
            Shown files = new FileListCheck(reader, content, threads, sums, progress)
                    .check(content.postgresManifest().get());
            damages.addAll(files.damages());
            notes.addAll(files.notes());
        } else {
            notes.add("it holds no backup_manifest of PostgreSQL, so its files could not be compared with that");
        }
        damages.addAll(wal.damages());
        notes.addAll(wal.notes());
        return new Shown(damages, notes);
    }
}
