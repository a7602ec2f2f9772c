package io.holdfast.notifier.channel;

import io.holdfast.events.definition.NotificationsDefined;
import io.holdfast.notifier.incident.Notice;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One way of telling people. Implementations are beans, safe for use by several threads. */
public interface Channel {

    /** Its name in the database, never changed: {@code email}. */
    String name();

    /** Who is told over this channel where no route says who; none where it is not defined. */
    List<String> receivers(NotificationsDefined definition);

    /** Who is meant by a word of a route, over this channel; none where it means somebody over another one. */
    default List<String> meant(NotificationsDefined definition, String word) {
        return receivers(definition).contains(word) ? List.of(word) : List.of();
    }

    /** Whether many notices at once are told as one, as suits people; services for alerts get each. */
    default boolean gathers() {
        return false;
    }

    /** Whether it is told that somebody looks after an alert. */
    default boolean hearsOfAcknowledgements() {
        return false;
    }

    /**
     * Tells one receiver. Returning means that the receiver's side has taken it. Repeated with the same notice and
     * receiver when it is not known whether it arrived: the message then has the same identity as before.
     *
     * @param definition of this moment
     * @param answered   what the receiver's side called the message that this one answers, if it did
     * @return what the receiver's side calls the message, for answers to it; null where it has no name
     * @throws DeliveryException when it did not work this time
     */
    @Nullable
    String deliver(NotificationsDefined definition, Notice notice, String receiver, @Nullable String answered)
            throws DeliveryException;

    /**
     * What is defined of a receiver.
     *
     * @param what  for messages, before its name: {@code the webhook}
     * @param where in the configuration it would stand
     * @throws DeliveryException when it is not defined any more
     */
    static <T> T defined(List<T> all, Function<T, String> name, String receiver, String what, String where)
            throws DeliveryException {
        return all.stream()
                .filter(each -> name.apply(each).equals(receiver))
                .findFirst()
                .orElseThrow(() -> new DeliveryException(
                        what + " " + receiver + " is not defined any more. HINT: see " + where + "."));
    }
}
