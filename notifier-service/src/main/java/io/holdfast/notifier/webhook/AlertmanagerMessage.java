package io.holdfast.notifier.webhook;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.events.EventId;
import io.holdfast.notifier.channel.NoticeWords;
import io.holdfast.notifier.incident.Notice;
import io.holdfast.notifier.incident.Notice.About;

/**
 * A notice as Alertmanager's webhooks say it, version 4: a group of one alert. Pure.
 *
 * @see <a href="https://prometheus.io/docs/alerting/latest/configuration/#webhook_config">webhook_config</a>
 */
final class AlertmanagerMessage {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String NOT_OVER = "0001-01-01T00:00:00Z";

    private AlertmanagerMessage() {}

    static ObjectNode of(Notice notice, String receiver) {
        About about = notice.subject();
        String status = NoticeWords.isOver(notice) ? "resolved" : "firing";
        ObjectNode labels = JSON.createObjectNode();
        labels.put("alertname", about.kind());
        labels.put("severity", about.level().wireName());
        labels.put("key", about.key());
        if (about.target() != null) {
            labels.put("target", about.target().value());
        }
        if (about.repository() != null) {
            labels.put("repository", about.repository().value());
        }
        ObjectNode annotations = JSON.createObjectNode();
        annotations.put("summary", NoticeWords.headline(notice));
        annotations.put("description", NoticeWords.summary(notice));
        annotations.put("hint", NoticeWords.hint(notice));
        if (about.runbook() != null) {
            annotations.put("runbook_url", about.runbook());
        }
        ObjectNode message = JSON.createObjectNode();
        message.put("version", "4");
        message.put("groupKey", about.key());
        message.put("truncatedAlerts", 0);
        message.put("status", status);
        message.put("receiver", receiver);
        message.putObject("groupLabels").put("key", about.key());
        message.set("commonLabels", labels.deepCopy());
        message.set("commonAnnotations", annotations.deepCopy());
        message.put("externalURL", "");
        ObjectNode alert = message.putArray("alerts").addObject();
        alert.put("status", status);
        alert.set("labels", labels);
        alert.set("annotations", annotations);
        alert.put("startsAt", notice.at().toString());
        alert.put("endsAt", NoticeWords.isOver(notice) ? notice.at().toString() : NOT_OVER);
        alert.put("generatorURL", about.runbook() == null ? "" : about.runbook());
        alert.put("fingerprint", EventId.derived("fingerprint", about.key()).value());
        return message;
    }
}
