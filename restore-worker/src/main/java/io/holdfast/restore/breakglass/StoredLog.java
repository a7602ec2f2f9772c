package io.holdfast.restore.breakglass;

import io.holdfast.events.RepositoryId;
import io.holdfast.events.TargetId;
import io.holdfast.events.wal.WalArchived;
import io.holdfast.repository.Place;
import io.holdfast.repository.Repository;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.TargetName;
import io.holdfast.repository.wal.Lsn;
import io.holdfast.repository.window.RecoveryWindow;
import io.holdfast.repository.window.StoredWindow;
import io.holdfast.repository.window.Stretch;
import io.holdfast.repository.window.WalPart;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/** Says of the log in a repository what those said who archived it: which pieces are there, as far as names and lengths tell. */
final class StoredLog {
    private static final Pattern SYSTEM_IDENTIFIER = Pattern.compile("[0-9]{1,20}");

    private final Repository repository;
    private final RepositoryId name;

    StoredLog(Repository repository, RepositoryId name) {
        this.repository = repository;
        this.name = name;
    }

    /**
     * Says all that leads on from a backup; without what a backup has for itself.
     *
     * @param unreadable is told what cannot be read, and why
     */
    void forEach(Consumer<WalArchived> each, Consumer<String> unreadable) throws RepositoryException {
        for (TargetName target : repository.targets()) {
            for (Place place : repository.places(target)) {
                if (SYSTEM_IDENTIFIER.matcher(place.value()).matches()) {
                    try {
                        forEach(target, place, each);
                    } catch (RepositoryException.Damaged
                            | RepositoryException.Denied
                            | RepositoryException.Unusable e) {
                        unreadable.accept("the log of " + target + "/" + place.value() + ": " + e.getMessage());
                    }
                }
            }
        }
    }

    private void forEach(TargetName target, Place place, Consumer<WalArchived> each) throws RepositoryException {
        StoredWindow stored = repository.window(target, place);
        RecoveryWindow window = stored.read();
        Optional<Integer> timeline = window.latestTimeline();
        for (Stretch stretch : timeline.map(window::stretches).orElse(List.of())) {
            if (!leadsOn(stretch)) {
                continue;
            }
            Instant begin = stretch.base().finishedAt();
            List<WalPart> parts = window.parts(
                    timeline.orElseThrow(), stretch.base(), stretch.to().lsn());
            for (WalPart part : parts) {
                boolean isLast = part.equals(parts.getLast());
                WalArchived.TimelineFork fork = stored.ancestry(part.timeline())
                        .filter(it -> !it.parents().isEmpty())
                        .map(it -> it.parents().getLast())
                        .map(it -> new WalArchived.TimelineFork(
                                it.timeline(), it.end().toString()))
                        .orElse(null);
                each.accept(new WalArchived(
                        new TargetId(target.value()),
                        name,
                        place.value(),
                        part.timeline(),
                        part.from().toString(),
                        part.to().toString(),
                        part.to().minus(part.from()) / stretch.base().wal().segmentSize(),
                        part.to().minus(part.from()),
                        isLast ? stretch.to().time().orElse(begin) : begin,
                        fork));
            }
        }
    }

    /** A backup has whole segments stored, of which it needs the last one only in part. */
    private static boolean leadsOn(Stretch stretch) {
        int segmentSize = stretch.base().wal().segmentSize();
        Lsn last = stretch.base().wal().stopLsn().plus(-1);
        Lsn own = last.plus(segmentSize - last.segmentOffset(segmentSize));
        return stretch.to().lsn().compareTo(own) > 0;
    }
}
