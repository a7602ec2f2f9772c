package io.holdfast.notifier.channel;

import io.holdfast.events.Failure;
import io.holdfast.notifier.incident.Notice;
import io.holdfast.notifier.incident.Notice.Fact;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A notice in the words that all channels but mail share. Pure. */
public final class NoticeWords {

    private NoticeWords() {}

    /** {@code FAILED: orders full backup to main}, in one line. */
    public static String headline(Notice notice) {
        String word = switch (notice.sort()) {
            case FAILED, RECOVERED, MISSED, STILL, ACKNOWLEDGED, SEVERAL, TEST ->
                notice.sort().name();
            case RAISED -> notice.subject().level().name();
        };
        return line(word + ": " + notice.title(), 300);
    }

    /** What happened and why, in one line. */
    public static String summary(Notice notice) {
        Failure failure = notice.failure();
        return line(notice.sentence() + (failure == null ? "" : " " + failure.message()), 1000);
    }

    /** What to do about it, in one line; empty where nothing is known. */
    public static String hint(Notice notice) {
        Failure failure = notice.failure();
        return line(failure == null ? String.join(" ", notice.next()) : failure.hint(), 1000);
    }

    /** What else is known, the category of a failure first. */
    public static List<Fact> facts(Notice notice) {
        List<Fact> facts = new ArrayList<>();
        if (notice.failure() != null) {
            facts.add(new Fact("Category", notice.failure().category().wireName()));
        }
        notice.facts().forEach(fact -> facts.add(new Fact(line(fact.name(), 100), line(fact.value(), 500))));
        return facts;
    }

    /** Whether it says that something is right again. */
    public static boolean isOver(Notice notice) {
        return notice.sort() == Notice.Sort.RECOVERED;
    }

    /** Without anything that ends a line or steers a terminal, and not too long. */
    public static String line(@Nullable String text, int most) {
        String line = text == null
                ? ""
                : text.replaceAll("[\\p{Cntrl}\\p{Cf}\\u2028\\u2029]+", " ").strip();
        return line.length() <= most ? line : line.substring(0, most - 1) + "…";
    }
}
