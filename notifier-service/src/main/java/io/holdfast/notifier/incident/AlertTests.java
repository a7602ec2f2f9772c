package io.holdfast.notifier.incident;

import io.holdfast.events.EventId;
import io.holdfast.events.alert.AlertLevel;
import io.holdfast.events.alert.AlertTestRequested;
import io.holdfast.notifier.incident.Notice.About;
import io.holdfast.notifier.incident.Notice.Sort;
import java.util.List;

/** What everybody is told in a test. Pure. */
final class AlertTests {

    private AlertTests() {}

    static Notice notice(EventId event, AlertTestRequested requested) {
        return new Notice(
                Sort.TEST,
                event,
                null,
                "whether you can be told",
                "Nothing happened: somebody wants to see whether you could be told if something had.",
                requested.requestedAt(),
                null,
                new Facts().add("Asked for by", requested.requestedBy()).list(),
                List.of("Nothing."),
                new About(requested.key().value(), "test", AlertLevel.WARNING, null, null, null));
    }
}
