package io.holdfast.notifier.delivery;

import io.holdfast.notifier.incident.Notice;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One notice for one receiver, claimed for one attempt.
 *
 * @param id        in the database
 * @param channel   the channel's name
 * @param receiver  who gets it, as the channel says it
 * @param attempts  how many there were, this one included
 * @param decidedAt when it was decided to tell it
 * @param answered  what the receiver's side calls the message that this one answers
 */
record Delivery(
        long id,
        String channel,
        String receiver,
        int attempts,
        Instant decidedAt,
        Notice notice,
        @Nullable String answered) {}
