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
                    case Quiet quiet -> begun(trouble, isNews);
                    case Open open -> again(open, trouble, isNews);
                };
            case Signal.Success success ->
                switch (before) {
                    case Quiet quiet -> new Decision(quiet, Optional.empty());
                    case Open open -> ended(open, success, isNews);
                };
        };
    }

    private static Decision begun(Signal.Trouble trouble, boolean isNews) {
        Notice notice = trouble.notice();
        if (trouble.cause() != null) {
            return held(new Open(notice.event(), notice.at(), 0, false), trouble.cause());
        }
        return new Decision(
                new Open(notice.event(), notice.at(), 1, isNews), isNews ? Optional.of(notice) : Optional.empty());
    }

    private static Decision again(Open open, Signal.Trouble trouble, boolean isNews) {
        Notice notice = trouble.notice();
        if (trouble.cause() != null) {
            return held(open, trouble.cause());
        }
        if (open.told() || !isNews) {
            return new Decision(
                    new Open(open.firstEvent(), open.since(), open.failures() + 1, open.told()), Optional.empty());
        }
        // What came before was history, or had a cause of which people heard; this is what they hear of first.
        return new Decision(new Open(notice.event(), open.since(), open.failures() + 1, true), Optional.of(notice));
    }

    /** People are told of the cause. */
    private static Decision held(Open open, Signal.Trouble cause) {
        return new Decision(
                new Open(
                        open.firstEvent(),
                        open.since(),
                        open.failures() + 1,
                        open.told(),
                        cause.matter().key()),
                Optional.empty());
    }

    private static Decision ended(Open open, Signal.Success success, boolean isNews) {
        Notice notice = success.notice();
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
                        notice.next(),
                        // What also works elsewhere ends this matter, under its own key.
                        Notice.About.of(success.matter(), notice.subject().level()))));
    }
}
