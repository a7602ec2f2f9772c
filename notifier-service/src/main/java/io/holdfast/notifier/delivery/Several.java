package io.holdfast.notifier.delivery;

import io.holdfast.events.EventId;
import io.holdfast.events.alert.AlertLevel;
import io.holdfast.notifier.incident.Notice;
import io.holdfast.notifier.incident.Notice.About;
import io.holdfast.notifier.incident.Notice.Fact;
import io.holdfast.notifier.incident.Notice.Sort;
import java.util.List;
import java.util.Locale;

/** Many notices as one. Pure. */
final class Several {

    private static final int SHOWN = 100;

    private Several() {}

    /** One notice of all; of the same ones always the same. */
    static Notice of(List<Notice> notices) {
        Notice last = notices.getLast();
        EventId id = EventId.derived(
                notices.stream().map(notice -> notice.event().value()).toArray(String[]::new));
        AlertLevel level = notices.stream().anyMatch(each -> each.subject().level() == AlertLevel.CRITICAL)
                ? AlertLevel.CRITICAL
                : AlertLevel.WARNING;
        List<Fact> lines = notices.stream()
                .limit(SHOWN)
                .map(each -> new Fact(
                        each.sort().name().charAt(0)
                                + each.sort().name().substring(1).toLowerCase(Locale.ROOT),
                        each.title() + ": " + each.sentence()
                                + (each.failure() == null
                                        ? ""
                                        : " " + each.failure().message())))
                .toList();
        String title = notices.size() + " things at once";
        return new Notice(
                Sort.SEVERAL,
                id,
                null,
                title,
                notices.size() + " things happened at once, and are told in one message.",
                last.at(),
                null,
                lines,
                List.of("Look at all of them: holdfast status"),
                new About("several/" + id, "several", level, null, null, null));
    }
}
