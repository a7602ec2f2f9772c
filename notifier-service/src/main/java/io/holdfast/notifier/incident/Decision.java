package io.holdfast.notifier.incident;

import io.holdfast.notifier.incident.IncidentState.Open;
import io.holdfast.notifier.incident.IncidentState.Quiet;
import io.holdfast.notifier.incident.Notice.Fact;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What follows from a signal: how the matter stands from now on, and what is told. Pure.
 *
 * @param state  the new state
 * @param notice what is told, if anything
 */
public record Decision(IncidentState state, Optional<Notice> notice) {

    /**
     * Decides. A matter's first failure is told, and its first success after a failure that was told; nothing else is.
     *
     * @param isNews whether the signal is fresh enough to be told: a log that is read from its beginning is history
     */
    public static Decision of(IncidentState before, Signal signal, boolean isNews) {
        return switch (signal) {
            case Signal.Trouble trouble ->
                switch (before) {
                    case Quiet quiet -> begun(trouble.notice(), isNews);
                    case Open open -> again(open, trouble.notice(), isNews);
                };
            case Signal.Success success ->
                switch (before) {
                    case Quiet quiet -> new Decision(quiet, Optional.empty());
                    case Open open -> ended(open, success.notice(), isNews);
                };
        };
    }

    private static Decision begun(Notice notice, boolean isNews) {
        return new Decision(
                new Open(notice.event(), notice.at(), 1, isNews), isNews ? Optional.of(notice) : Optional.empty());
    }

    private static Decision again(Open open, Notice notice, boolean isNews) {
        if (open.told() || !isNews) {
            return new Decision(
                    new Open(open.firstEvent(), open.since(), open.failures() + 1, open.told()), Optional.empty());
        }
        // What came before was history; this is what people hear of first.
        return new Decision(new Open(notice.event(), open.since(), open.failures() + 1, true), Optional.of(notice));
    }

    private static Decision ended(Open open, Notice notice, boolean isNews) {
        if (!open.told() || !isNews) {
            return new Decision(new Quiet(), Optional.empty());
        }
        List<Fact> facts = new ArrayList<>(notice.facts());
        facts.add(new Fact("Failed since", Times.text(open.since())));
        facts.add(new Fact("Failures", Long.toString(open.failures())));
        return new Decision(
                new Quiet(),
                Optional.of(new Notice(
                        notice.sort(),
                        notice.event(),
                        open.firstEvent(),
                        notice.title(),
                        notice.sentence(),
                        notice.at(),
                        notice.failure(),
                        facts,
                        notice.next())));
    }
}
