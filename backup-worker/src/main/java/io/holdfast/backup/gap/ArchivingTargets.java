package io.holdfast.backup.gap;

import io.holdfast.backup.source.SourceCluster;
import io.holdfast.events.TargetId;
import io.holdfast.events.definition.TargetDefined;
import io.holdfast.runtime.database.Persistence;
import io.holdfast.runtime.definitions.Definitions;
import io.holdfast.runtime.secrets.SecretException;
import io.holdfast.runtime.secrets.Secrets;
import io.holdfast.runtime.work.WorkFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * The targets whose log comes by {@code archive_command} alone: nobody here follows their servers, so they are asked. Of
 * several workers one asks each time. Thread safe.
 */
final class ArchivingTargets {
    private static final Logger LOG = Logger.getLogger(ArchivingTargets.class);

    private final Definitions definitions;
    private final Secrets secrets;
    private final GapTable table;
    private final Path workDirectory;

    ArchivingTargets(Definitions definitions, Secrets secrets, GapTable table, Path workDirectory) {
        this.definitions = definitions;
        this.secrets = secrets;
        this.table = table;
        this.workDirectory = workDirectory;
    }

    /** The targets as they are defined now. */
    List<TargetDefined> all() {
        return definitions.targets().stream()
                .filter(target -> target.wal() != null && target.wal().archiveToken() != null && !target.streamsWal())
                .toList();
    }

    /** Where a target's server was when it was last told of; empty if it never was. */
    Optional<WalPosition> lastTold(TargetId target) throws InterruptedException {
        return Persistence.untilDone("where the server of " + target + " was", () -> table.lastTold(target));
    }

    /** What came of asking. */
    sealed interface Asked {
        /** The server told. */
        record Told(ArchivingServer.Answer answer) implements Asked {}

        /** It did not; what was known stays so. */
        record Silent() implements Asked {}

        /** It is another worker's turn. */
        record NotNow() implements Asked {}
    }

    /** Asks where a target's server is. */
    Asked ask(TargetDefined target, Duration interval) throws InterruptedException {
        boolean turn = Persistence.untilDone(
                "asking where the server of " + target.target() + " is",
                () -> table.takeTurn(target.target(), interval));
        if (!turn) {
            return new Asked.NotNow();
        }
        try (WorkFolder folder = WorkFolder.below(workDirectory)) {
            SourceCluster cluster = SourceCluster.of(target.postgres(), secrets, folder);
            return ArchivingServer.ask(target.target().value(), cluster)
                    .<Asked>map(Asked.Told::new)
                    .orElseGet(Asked.Silent::new);
        } catch (IOException | SecretException e) {
            LOG.warnf("the server of %s does not say where it is: %s", target.target(), e.getMessage());
            return new Asked.Silent();
        }
    }
}
