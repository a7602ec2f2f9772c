package io.holdfast.backup.stream;

import io.holdfast.events.wal.WalArchived;
import io.holdfast.repository.wal.Lsn;
import io.holdfast.repository.window.TimelineAncestry;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The timelines that led to a server's present one, oldest first, by its history file. Pure.
 *
 * @param timelines the last is the present one
 * @see <a href="https://www.postgresql.org/docs/current/continuous-archiving.html#BACKUP-TIMELINES">Timelines</a>
 */
record Lineage(List<Section> timelines) {
    Lineage {
        timelines = List.copyOf(timelines);
    }

    /**
     * What of a timeline is on the path.
     *
     * @param end where the next one forked off; empty for the present one
     */
    record Section(int timeline, Optional<Lsn> end) {}

    /** Where to begin to receive. */
    record Start(int timeline, Lsn position) {}

    /**
     * Takes what a history file says. A timeline that was left before it began, as recovery to a moment before its beginning
     * leaves it, is none of the path.
     */
    static Lineage of(TimelineAncestry ancestry) {
        List<TimelineAncestry.Parent> listed = ancestry.parents();
        List<Section> sections = new ArrayList<>();
        Lsn begin = Lsn.ZERO;
        for (int i = 0; i < listed.size(); i++) {
            Lsn end = listed.subList(i, listed.size()).stream()
                    .map(TimelineAncestry.Parent::end)
                    .min(Comparator.naturalOrder())
                    .orElseThrow();
            if (end.compareTo(begin) > 0) {
                sections.add(new Section(listed.get(i).timeline(), Optional.of(end)));
                begin = end;
            }
        }
        sections.add(new Section(ancestry.timeline(), Optional.empty()));
        return new Lineage(sections);
    }

    /**
     * Where receiving goes on after a position: the start of its segment, or where the path left the timeline before it.
     *
     * @return empty where the timeline is not on the path: then nothing says what the two have in common
     */
    Optional<Start> after(int timeline, Lsn position, int segmentSize) {
        for (int i = 0; i < timelines.size(); i++) {
            Section section = timelines.get(i);
            if (section.timeline() == timeline) {
                boolean within = section.end().isEmpty()
                        || position.compareTo(section.end().get()) < 0;
                return Optional.of(
                        within
                                ? start(timeline, position, segmentSize)
                                : start(
                                        timelines.get(i + 1).timeline(),
                                        section.end().orElseThrow(),
                                        segmentSize));
            }
        }
        return Optional.empty();
    }

    /** Where the present timeline begins; empty where nothing is known of how it came to be. */
    Optional<Start> present(int segmentSize) {
        if (timelines.size() < 2) {
            return Optional.empty();
        }
        Lsn fork = timelines.get(timelines.size() - 2).end().orElseThrow();
        return Optional.of(start(timelines.getLast().timeline(), fork, segmentSize));
    }

    /**
     * The segment before, on the same timeline or, where that begins in the start's segment, on the one that it left.
     *
     * @return empty where there is none
     */
    Optional<Start> segmentBefore(Start start, int segmentSize) {
        if (start.position().compareTo(Lsn.ZERO) <= 0) {
            return Optional.empty();
        }
        Lsn before = start.position().plus(-segmentSize);
        Lsn begin = Lsn.ZERO;
        for (int i = 0; i < timelines.size(); i++) {
            Section section = timelines.get(i);
            if (section.timeline() == start.timeline()) {
                boolean left = i > 0 && before.compareTo(begin.plus(-begin.segmentOffset(segmentSize))) < 0;
                int on = left ? timelines.get(i - 1).timeline() : start.timeline();
                return Optional.of(new Start(on, before));
            }
            begin = section.end().orElse(begin);
        }
        return Optional.empty();
    }

    /** Where a timeline left the one before it on the path; empty for the first. */
    Optional<WalArchived.TimelineFork> fork(int timeline) {
        for (int i = 1; i < timelines.size(); i++) {
            if (timelines.get(i).timeline() == timeline) {
                Section before = timelines.get(i - 1);
                return Optional.of(new WalArchived.TimelineFork(
                        before.timeline(), before.end().orElseThrow().toString()));
            }
        }
        return Optional.empty();
    }

    /** Where the path leaves a timeline; empty for the present one. */
    Optional<Lsn> end(int timeline) {
        return timelines.stream()
                .filter(section -> section.timeline() == timeline)
                .findFirst()
                .flatMap(Section::end);
    }

    private static Start start(int timeline, Lsn position, int segmentSize) {
        return new Start(timeline, position.plus(-position.segmentOffset(segmentSize)));
    }
}
