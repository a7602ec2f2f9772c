package io.holdfast.notifier.incident;

import io.holdfast.events.EventId;
import io.holdfast.events.Failure;
import io.holdfast.events.RepositoryId;
import io.holdfast.events.TargetId;
import io.holdfast.events.alert.AlertLevel;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Something that people are told, before it is known how.
 *
 * @param sort     what sort of news
 * @param event    the event behind it; its id is the notice's identity
 * @param answers  the event of the notice that began the incident, where it is another one
 * @param title    what it is about: {@code orders full backup}
 * @param sentence what happened, in one sentence
 * @param at       when
 * @param failure  why it failed
 * @param facts    what else is known, in order
 * @param next     what to do next, one step each
 * @param about    what routes and services for alerts go by; absent only in what an earlier version stored
 */
public record Notice(
        Sort sort,
        EventId event,
        @Nullable EventId answers,
        String title,
        String sentence,
        Instant at,
        @Nullable Failure failure,
        List<Fact> facts,
        List<String> next,
        @Nullable About about) {

    public Notice {
        facts = List.copyOf(facts);
        next = List.copyOf(next);
    }

    /** Sorts of news. */
    public enum Sort {
        FAILED,
        RECOVERED,
        MISSED,
        /** Another service raised it. */
        RAISED,
        /** It was told before, and nobody looks after it. */
        STILL,
        /** Somebody looks after it. */
        ACKNOWLEDGED,
        /** Several notices in one. */
        SEVERAL,
        /** Nothing happened; somebody wants to see whether it would be told. */
        TEST
    }

    /** One line of a table. */
    public record Fact(String name, String value) {}

    /**
     * What it is about, for machines.
     *
     * @param key     of the matter and of its alert
     * @param kind    what sort of matter
     * @param level   how loudly it is told
     * @param runbook address of a page that tells more
     */
    public record About(
            String key,
            String kind,
            AlertLevel level,
            @Nullable TargetId target,
            @Nullable RepositoryId repository,
            @Nullable String runbook) {

        /** Of a matter without a runbook. */
        public static About of(Matter matter, AlertLevel level) {
            return new About(matter.key(), matter.kind().value(), level, matter.target(), matter.repository(), null);
        }
    }

    /** What it is about; the worst is assumed of what an earlier version stored. */
    public About subject() {
        return about == null ? new About(title, "unknown", AlertLevel.CRITICAL, null, null, null) : about;
    }

    /** The same with other words. */
    public Notice with(Sort other, EventId id, @Nullable EventId first, String text, Instant when, List<Fact> known) {
        return new Notice(other, id, first, title, text, when, failure, known, next, about);
    }
}
