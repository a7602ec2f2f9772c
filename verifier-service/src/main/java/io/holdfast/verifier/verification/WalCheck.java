package io.holdfast.verifier.verification;

import io.holdfast.events.verification.Damage;
import io.holdfast.repository.PlaceLayout;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.manifest.BackupContent;
import io.holdfast.repository.wal.WalArchive;
import io.holdfast.repository.wal.WalSegmentName;
import java.io.IOException;
import java.util.List;

/** Whether the WAL of a backup reads from its start to its end, record by record. */
record WalCheck(BackupContent.Physical content, WalArchive archive, PlaceLayout layout) {

    static WalCheck of(BackupContent.Physical content, WalArchive archive, PlaceLayout layout) {
        return new WalCheck(content, archive, layout);
    }

    /** What is wrong: nothing, or the first thing, for what follows it cannot be told. */
    List<Damage> check(CheckProgress progress) throws IOException {
        try (WalPages pages =
                new WalPages(archive, content.wal(), content.systemIdentifier(), content.serverVersion())) {
            try {
                new WalRecords(pages)
                        .follow(content.wal().startLsn(), content.wal().stopLsn(), progress);
                return List.of();
            } catch (WalPages.BadWalException e) {
                return List.of(damage(e.segment(), String.valueOf(e.getMessage())));
            } catch (RepositoryException.NotFound | RepositoryException.Damaged e) {
                return List.of(damage(pages.name(), e.what()));
            }
        }
    }

    private Damage damage(WalSegmentName segment, String what) {
        return new Damage(layout.walSegment(segment).value(), null, what);
    }
}
