package io.holdfast.backup.stream;

import io.holdfast.backup.job.RefusedServers;
import io.holdfast.events.TargetId;
import io.holdfast.runtime.database.Persistence;
import jakarta.inject.Singleton;
import java.util.Optional;
import javax.sql.DataSource;

/** The refusals that streams have written down, of whichever worker. */
@Singleton
final class KnownRefusals implements RefusedServers {
    private final StreamTable table;

    KnownRefusals(DataSource database) {
        // Only reads, so it holds no stream.
        this.table = new StreamTable(database, "");
    }

    @Override
    public Optional<Refused> of(TargetId target) throws InterruptedException {
        return Persistence.untilDone("whether the server of " + target + " is refused", () -> table.refusal(target))
                .map(refusal -> new Refused(refusal.systemIdentifier(), refusal.reason()));
    }
}
