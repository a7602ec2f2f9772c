package io.holdfast.verifier.verification;

import io.holdfast.events.verification.Damage;
import io.holdfast.repository.PlaceLayout;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.manifest.BackupContent;
import io.holdfast.repository.verify.WalReading;
import io.holdfast.repository.wal.WalSegmentName;
import java.io.IOException;
import java.util.List;

/** Whether the WAL of a backup reads from its start to its end, record by record. For one thread. */
final class WalCheck implements WalReading {
    private final BackupContent.Physical content;
    private final PlaceLayout layout;
    private final CheckProgress progress;
    private boolean followed;
    private List<Damage> damages = List.of();

    WalCheck(BackupContent.Physical content, PlaceLayout layout, CheckProgress progress) {
        this.content = content;
        this.layout = layout;
        this.progress = progress;
    }

    @Override
    public void read(Segments segments) throws IOException {
        try (WalPages pages =
                new WalPages(segments, content.wal(), content.systemIdentifier(), content.serverVersion())) {
            try {
                new WalRecords(pages)
                        .follow(content.wal().startLsn(), content.wal().stopLsn(), progress);
                followed = true;
            } catch (WalPages.BadWalException e) {
                damages = List.of(damage(e.segment(), String.valueOf(e.getMessage())));
            } catch (RepositoryException.NotFound | RepositoryException.Damaged e) {
                damages = List.of(damage(pages.name(), e.what()));
            }
        }
    }

    /** What is wrong: nothing, or the first thing, for what follows it cannot be told. */
    List<Damage> damages() {
        return damages;
    }

    /** What could not be looked at. */
    List<String> notes() {
        return followed || !damages.isEmpty()
                ? List.of()
                : List.of("its WAL is encrypted, and the verifier has no key to look into it with");
    }

    private Damage damage(WalSegmentName segment, String what) {
        return new Damage(layout.walSegment(segment).value(), null, what);
    }
}
