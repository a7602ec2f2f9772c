package io.holdfast.notifier.slack;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.events.alert.AlertLevel;
import io.holdfast.notifier.channel.NoticeWords;
import io.holdfast.notifier.incident.Notice;
import io.holdfast.notifier.incident.Notice.Fact;
import java.util.List;

/**
 * A notice in Slack's blocks. Whatever it quotes is text there: it can neither mention anybody nor make a link. Pure.
 *
 * @see <a href="https://docs.slack.dev/reference/block-kit/blocks">blocks and their limits</a>
 */
final class SlackMessage {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int LONGEST_HEADER = 150;
    private static final int LONGEST_TEXT = 2900;
    private static final int MOST_FACTS = 40;

    private SlackMessage() {}

    static ObjectNode of(Notice notice) {
        ObjectNode message = JSON.createObjectNode();
        // For notifications, and programs that show no blocks.
        message.put("text", escaped(NoticeWords.headline(notice)));
        message.put("unfurl_links", false);
        ArrayNode blocks = message.putArray("blocks");
        plain(blocks.addObject().put("type", "header").putObject("text"), header(notice), LONGEST_HEADER);
        plain(blocks.addObject().put("type", "section").putObject("text"), NoticeWords.summary(notice), LONGEST_TEXT);
        String hint = NoticeWords.hint(notice);
        if (!hint.isEmpty()) {
            plain(blocks.addObject().put("type", "section").putObject("text"), "What to do: " + hint, LONGEST_TEXT);
        }
        List<Fact> facts = NoticeWords.facts(notice);
        if (!facts.isEmpty()) {
            StringBuilder lines = new StringBuilder();
            facts.stream()
                    .limit(MOST_FACTS)
                    .forEach(fact -> lines.append(fact.name())
                            .append(": ")
                            .append(fact.value())
                            .append('\n'));
            plain(
                    blocks.addObject().put("type", "section").putObject("text"),
                    lines.toString().strip(),
                    LONGEST_TEXT);
        }
        ObjectNode context = blocks.addObject().put("type", "context");
        plain(context.putArray("elements").addObject(), "Holdfast, event " + notice.event(), LONGEST_TEXT);
        return message;
    }

    private static String header(Notice notice) {
        String sign = switch (notice.sort()) {
            case RECOVERED -> "🟢 ";
            case TEST -> "🔔 ";
            case ACKNOWLEDGED -> "👀 ";
            case FAILED, MISSED, RAISED, STILL, SEVERAL ->
                notice.subject().level() == AlertLevel.CRITICAL ? "🔴 " : "🟡 ";
        };
        return sign + NoticeWords.headline(notice);
    }

    // plain_text is never taken for markup.
    private static void plain(ObjectNode text, String content, int longest) {
        text.put("type", "plain_text");
        text.put("emoji", false);
        text.put("text", content.length() <= longest ? content : content.substring(0, longest - 1) + "…");
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
