package io.holdfast.backup.gap;

import io.holdfast.events.BackupId;
import io.holdfast.events.BackupKind;
import io.holdfast.events.Event;
import io.holdfast.events.EventId;
import io.holdfast.events.request.BackupRequested;
import io.holdfast.events.wal.WalArchived;
import io.holdfast.events.wal.WalGapDetected;
import io.holdfast.events.wal.WalGapHealed;
import io.holdfast.repository.wal.WalVerdicts;
import io.holdfast.repository.window.WindowBase;
import io.holdfast.runtime.identity.Instance;
import io.holdfast.runtime.outbox.Outbox;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;

/** Says what the watch finds, in the caller's transaction. Thread safe. */
final class GapVoice {
    private static final Logger LOG = Logger.getLogger(GapVoice.class);

    private final Outbox outbox;
    private final Instance instance;
    private final Clock clock;

    GapVoice(Outbox outbox, Instance instance, Clock clock) {
        this.outbox = outbox;
        this.instance = instance;
        this.clock = clock;
    }

    /** Tells of a gap, and asks for the base backup that heals it unless there is one. */
    void detected(WatchedPlace place, Gap gap, Optional<WalVerdicts.Unsound> damaged, EventId id) {
        Instant now = clock.instant();
        String detail = damaged.map(WalVerdicts.Unsound::detail)
                .orElseGet(() ->
                        "The WAL segment " + gap.firstMissing() + " is missing in the repository, or a part of it.");
        LOG.errorf("gap in the log of %s from %s to %s: %s", place.target(), gap.from(), gap.to(), detail);
        Event<WalGapDetected> event = Event.first(
                id,
                instance.source(),
                now,
                new WalGapDetected(
                        place.target(),
                        place.repository(),
                        place.systemIdentifier(),
                        gap.firstMissing().timeline(),
                        gap.from().toString(),
                        gap.to().toString(),
                        damaged.map(it -> it.finding().wireName()).orElse("missing"),
                        List.of(gap.firstMissing().value()),
                        detail,
                        gap.recoverableUntil().orElse(null),
                        now));
        outbox.publish(event);
        if (gap.healedBy().isEmpty()) {
            outbox.publish(event.leadsTo(
                    EventId.derived(id.value(), "backup_requested"),
                    instance.source(),
                    now,
                    new BackupRequested(
                            place.target(),
                            BackupKind.FULL,
                            "closes the gap in the log at " + gap.firstMissing(),
                            "backup-worker",
                            null,
                            place.repository())));
        }
    }

    /** Tells how far the log of a server is archived that nobody follows. */
    void archived(WatchedPlace place, WalArchived archived) {
        outbox.publish(Event.first(
                EventId.derived(
                        "wal_archived",
                        place.target().value(),
                        place.repository().value(),
                        place.systemIdentifier(),
                        archived.toLsn(),
                        archived.archivedUntil().toString()),
                instance.source(),
                clock.instant(),
                archived));
    }

    /** Tells that a gap is healed: by a backup, or because what was missing is there again. */
    void healed(WatchedPlace place, GapTable.Open open, Optional<Gap> gap) {
        Instant now = clock.instant();
        Optional<WindowBase> by = gap.flatMap(Gap::healedBy);
        LOG.infof(
                "the gap in the log of %s at %s is healed%s",
                place.target(),
                open.from(),
                by.map(it -> " by the backup " + it.backup()).orElse(""));
        outbox.publish(new Event<>(
                EventId.derived(open.event().value(), "healed"),
                instance.source(),
                now,
                open.event(),
                open.event(),
                null,
                new WalGapHealed(
                        place.target(),
                        place.repository(),
                        place.systemIdentifier(),
                        open.firstMissing().timeline(),
                        open.from().toString(),
                        open.to().toString(),
                        by.map(it -> BackupId.of(it.backup().value())).orElse(null),
                        gap.flatMap(Gap::recoverableFrom).orElse(null),
                        now)));
    }
}
