package io.holdfast.notifier.incident;

import io.holdfast.events.EventId;
import io.holdfast.events.Failure;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Something that people are told, before it is known how.
 *
 * @param sort     what sort of news
 * @param event    the event behind it; its id is the notice's identity
 * @param answers  for a recovery: the event of the notice that began the incident
 * @param title    what it is about: {@code orders full backup}
 * @param sentence what happened, in one sentence
 * @param at       when
 * @param failure  why it failed
 * @param facts    what else is known, in order
 * @param next     what to do next, one step each
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
        List<String> next) {

    public Notice {
        facts = List.copyOf(facts);
        next = List.copyOf(next);
    }

    /** Sorts of news. */
    public enum Sort {
        FAILED,
        RECOVERED,
        MISSED
    }

    /** One line of a table. */
    public record Fact(String name, String value) {}
}
