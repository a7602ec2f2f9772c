package io.holdfast.notifier.pagerduty;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.notifier.channel.NoticeWords;
import io.holdfast.notifier.incident.Notice;
import io.holdfast.notifier.incident.Notice.About;

/** A notice as PagerDuty takes it. Pure. */
final class PagerDutyEvent {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int LONGEST_SUMMARY = 1024;

    private PagerDutyEvent() {}

    /** What ends a test as soon as it was taken: nobody has to do anything about it. */
    static ObjectNode end(Notice notice, String routingKey) {
        return of(notice, routingKey, "resolve");
    }

    static ObjectNode of(Notice notice, String routingKey) {
        return of(notice, routingKey, action(notice));
    }

    private static ObjectNode of(Notice notice, String routingKey, String action) {
        About about = notice.subject();
        ObjectNode event = JSON.createObjectNode();
        event.put("routing_key", routingKey);
        event.put("event_action", action);
        event.put("dedup_key", about.key());
        if (!action.equals("trigger")) {
            return event;
        }
        event.put("client", "Holdfast");
        ObjectNode payload = event.putObject("payload");
        payload.put(
                "summary",
                NoticeWords.line(NoticeWords.headline(notice) + ". " + NoticeWords.summary(notice), LONGEST_SUMMARY));
        payload.put(
                "source", about.target() == null ? "holdfast" : about.target().value());
        payload.put("severity", about.level().wireName());
        payload.put("timestamp", notice.at().toString());
        payload.put("class", about.kind());
        if (about.repository() != null) {
            payload.put("component", about.repository().value());
        }
        ObjectNode details = payload.putObject("custom_details");
        details.put("hint", NoticeWords.hint(notice));
        details.put("event", notice.event().value());
        NoticeWords.facts(notice).forEach(fact -> details.put(fact.name(), fact.value()));
        if (about.runbook() != null) {
            event.putArray("links").addObject().put("href", about.runbook()).put("text", "Runbook");
        }
        return event;
    }

    private static String action(Notice notice) {
        return switch (notice.sort()) {
            case FAILED, MISSED, RAISED, STILL, SEVERAL, TEST -> "trigger";
            case ACKNOWLEDGED -> "acknowledge";
            case RECOVERED -> "resolve";
        };
    }
}
