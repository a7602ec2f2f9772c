package io.holdfast.scheduler.catalog;

import io.holdfast.events.Event;
import io.holdfast.events.EventId;
import io.holdfast.events.wal.ArchivingEvent;
import io.holdfast.events.wal.ContinuityLost;
import io.holdfast.events.wal.WalArchived;
import io.holdfast.events.wal.WalGapDetected;
import io.holdfast.events.wal.WalGapHealed;
import io.holdfast.events.wal.WalInterrupted;
import io.holdfast.events.wal.WalResumed;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What happened to a target's log, as its rows note it: which pieces are there, which are missing, whether more arrives.
 * Positions that are none are passed over, with what they belong to.
 */
final class WalFacts {

    /** Log that the server had given up before it was stored. */
    static final String LOST = "lost";

    private WalFacts() {}

    static void note(Event<?> event, ArchivingEvent data) {
        switch (data) {
            case WalArchived archived -> {
                archived(event, archived);
                forked(archived);
            }
            case WalGapDetected gap -> detected(event.id(), gap);
            case WalGapHealed healed -> healed(event.correlationId(), healed);
            case ContinuityLost lost -> lost(event.id(), lost);
            case WalInterrupted interrupted -> interrupted(interrupted);
            case WalResumed resumed -> resumed(resumed);
        }
    }

    /** What touches becomes one piece: however many events say a piece, and in which order, it is one row in the end. */
    private static void archived(Event<?> event, WalArchived archived) {
        Optional<LogPosition> from = LogPosition.of(archived.fromLsn());
        Optional<LogPosition> to = LogPosition.of(archived.toLsn());
        if (from.isEmpty() || to.isEmpty() || from.get().compareTo(to.get()) > 0) {
            return;
        }
        long begin = from.get().bytes();
        long end = to.get().bytes();
        String target = archived.target().value();
        String repository = archived.repository().value();
        List<CatalogWalRange> touching = CatalogWalRange.<CatalogWalRange>find(
                        "target = ?1 and repository = ?2 and systemIdentifier = ?3 and timeline = ?4"
                                + " and fromLsn <= ?5 and toLsn >= ?6",
                        target,
                        repository,
                        archived.systemIdentifier(),
                        archived.timeline(),
                        end,
                        begin)
                .list();
        if (touching.isEmpty()) {
            CatalogWalRange fresh = CatalogWalRange.of(
                    id(event.id()), target, repository, archived.systemIdentifier(), archived.timeline());
            fresh.fromLsn = begin;
            fresh.toLsn = end;
            fresh.archivedUntil = archived.archivedUntil();
            fresh.persist();
            return;
        }
        CatalogWalRange whole = touching.getFirst();
        whole.join(begin, end, archived.archivedUntil());
        for (CatalogWalRange other : touching.subList(1, touching.size())) {
            whole.join(other.fromLsn, other.toLsn, other.archivedUntil);
            other.delete();
        }
    }

    private static void forked(WalArchived archived) {
        WalArchived.TimelineFork said = archived.forkedFrom();
        Optional<LogPosition> at = said == null ? Optional.empty() : LogPosition.of(said.lsn());
        if (said != null && at.isPresent()) {
            CatalogWalFork fork = CatalogWalFork.of(
                    archived.target().value(),
                    archived.repository().value(),
                    archived.systemIdentifier(),
                    archived.timeline());
            fork.parent = said.timeline();
            fork.lsn = at.get().bytes();
        }
    }

    private static void detected(EventId id, WalGapDetected said) {
        Optional<LogPosition> from = LogPosition.of(said.fromLsn());
        Optional<LogPosition> to = LogPosition.of(said.toLsn());
        if (from.isEmpty() || to.isEmpty()) {
            return;
        }
        CatalogWalGap gap = CatalogWalGap.of(
                id(id), said.target().value(), said.repository().value(), said.systemIdentifier());
        gap.timeline = said.timeline();
        gap.fromLsn = from.get().bytes();
        gap.toLsn = to.get().bytes();
        gap.reason = StoredJson.text(said.reason());
        gap.detail = StoredJson.text(said.detail());
        gap.recoverableUntil = said.recoverableUntil();
        gap.detectedAt = said.detectedAt();
    }

    /** @param said the event that said the gap */
    private static void healed(EventId said, WalGapHealed healed) {
        Optional<LogPosition> from = LogPosition.of(healed.fromLsn());
        Optional<LogPosition> to = LogPosition.of(healed.toLsn());
        if (from.isEmpty() || to.isEmpty()) {
            return;
        }
        CatalogWalGap gap = CatalogWalGap.of(
                id(said), healed.target().value(), healed.repository().value(), healed.systemIdentifier());
        gap.timeline = healed.timeline();
        gap.fromLsn = from.get().bytes();
        gap.toLsn = to.get().bytes();
        gap.healedAt = healed.healedAt();
        gap.healedBy = healed.backup() == null ? null : healed.backup().value();
    }

    private static void lost(EventId id, ContinuityLost lost) {
        Optional<LogPosition> from = LogPosition.of(lost.fromLsn());
        Optional<LogPosition> to = LogPosition.of(lost.toLsn());
        if (from.isEmpty()) {
            return;
        }
        CatalogWalGap gap = CatalogWalGap.of(
                id(id), lost.target().value(), lost.repository().value(), lost.systemIdentifier());
        gap.timeline = lost.timeline();
        gap.fromLsn = from.get().bytes();
        gap.toLsn = to.map(LogPosition::bytes).orElse(null);
        gap.reason = LOST;
        gap.detail = StoredJson.text(lost.failure().message());
        gap.recoverableUntil = lost.archivedUntil();
        gap.detectedAt = lost.noticedAt();
    }

    private static void interrupted(WalInterrupted said) {
        CatalogWalArrival arrival =
                CatalogWalArrival.of(said.target().value(), said.repository().value());
        if (isNewer(said.since(), arrival.interruptedSince)) {
            arrival.interruptedSince = said.since();
            arrival.interruption = StoredJson.of(said.failure());
        }
    }

    private static void resumed(WalResumed said) {
        CatalogWalArrival arrival =
                CatalogWalArrival.of(said.target().value(), said.repository().value());
        if (isNewer(said.since(), arrival.resumedSince)) {
            arrival.resumedSince = said.since();
        }
    }

    /** The same one may be said again with more to say: the last word counts. */
    private static boolean isNewer(Instant since, @Nullable Instant known) {
        return known == null || !since.isBefore(known);
    }

    private static UUID id(EventId event) {
        return UUID.nameUUIDFromBytes(event.value().getBytes(StandardCharsets.UTF_8));
    }
}
