package io.holdfast.notifier.mail;

import io.holdfast.events.Failure;
import io.holdfast.notifier.channel.NoticeWords;
import io.holdfast.notifier.incident.Notice;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * How a notice reads as a mail. Pure. Whatever the notice quotes, the subject is one line and the HTML shows it as text.
 *
 * @param subject {@code [Holdfast] FAILED: orders full backup: authentication}
 * @param plain   for readers of text
 * @param html    the same for others
 */
record MailText(String subject, String plain, String html) {

    private static final int LONGEST_SUBJECT = 200;
    private static final String ONCE = "Further failures are not mailed; the next success is.";

    static MailText of(Notice notice) {
        return new MailText(subject(notice), plain(notice), html(notice));
    }

    private static String subject(Notice notice) {
        Failure failure = notice.failure();
        String subject = "[Holdfast] " + NoticeWords.headline(notice)
                + (failure == null ? "" : ": " + failure.category().wireName());
        String line = line(subject);
        return line.length() <= LONGEST_SUBJECT ? line : line.substring(0, LONGEST_SUBJECT);
    }

    private static String plain(Notice notice) {
        StringBuilder text = new StringBuilder(line(notice.sentence())).append("\n\n");
        List<Notice.Fact> rows = rows(notice);
        int width = rows.stream().mapToInt(row -> row.name().length()).max().orElse(0);
        for (Notice.Fact row : rows) {
            text.append(row.name()).append(":").repeat(" ", width - row.name().length() + 2);
            text.append(line(row.value())).append("\n");
        }
        if (!notice.next().isEmpty()) {
            text.append("\nWhat to do next:\n");
            notice.next().forEach(step -> text.append("- ").append(line(step)).append("\n"));
        }
        footer(notice).forEach(sentence -> text.append("\n").append(sentence).append("\n"));
        return text.toString();
    }

    private static String html(Notice notice) {
        String rows = rows(notice).stream()
                .map(row -> "<tr><th align=\"left\" valign=\"top\">" + escaped(row.name()) + "</th><td>"
                        + escaped(line(row.value())) + "</td></tr>\n")
                .collect(Collectors.joining());
        String steps = notice.next().stream()
                .map(step -> "<li>" + escaped(line(step)) + "</li>\n")
                .collect(Collectors.joining());
        String footer = footer(notice).stream()
                .map(sentence -> "<p style=\"color:#666\">" + escaped(sentence) + "</p>\n")
                .collect(Collectors.joining());
        return """
                <!DOCTYPE html>
                <html lang="en"><head><meta charset="utf-8"><title>%s</title></head>
                <body style="font-family:sans-serif">
                <p><strong>%s</strong></p>
                <table cellpadding="4">
                %s</table>
                %s%s</body></html>
                """.formatted(
                        escaped(subject(notice)),
                        escaped(line(notice.sentence())),
                        rows,
                        steps.isEmpty() ? "" : "<p>What to do next:</p>\n<ul>\n" + steps + "</ul>\n",
                        footer);
    }

    private static List<Notice.Fact> rows(Notice notice) {
        List<Notice.Fact> rows = new ArrayList<>();
        Failure failure = notice.failure();
        if (failure != null) {
            rows.add(new Notice.Fact("Category", failure.category().wireName()));
            rows.add(new Notice.Fact("Message", failure.message()));
            rows.add(new Notice.Fact("Hint", failure.hint()));
        }
        rows.addAll(notice.facts());
        return rows;
    }

    private static List<String> footer(Notice notice) {
        return switch (notice.sort()) {
            case FAILED -> List.of(ONCE, event(notice));
            case RECOVERED, MISSED, RAISED, STILL, ACKNOWLEDGED, SEVERAL, TEST -> List.of(event(notice));
        };
    }

    private static String event(Notice notice) {
        return "Event " + line(notice.event().value());
    }

    /** Without anything that ends a line or steers a terminal. */
    private static String line(@Nullable String text) {
        return text == null
                ? ""
                : text.replaceAll("[\\p{Cntrl}\\p{Cf}\\u2028\\u2029]+", " ").strip();
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }
}
