package io.holdfast.notifier.channel;

import io.holdfast.events.definition.NotificationsDefined;
import io.holdfast.notifier.incident.Notice;
import java.util.List;

/** One way of telling people. Implementations are beans, safe for use by several threads. */
public interface Channel {

    /** Its name in the database, never changed: {@code email}. */
    String name();

    /** Who is told over this channel; none where it is not defined. */
    List<String> receivers(NotificationsDefined definition);

    /**
     * Tells one receiver. Returning means that the receiver's side has taken it. Repeated with the same notice and
     * receiver when it is not known whether it arrived: the message then has the same identity as before.
     *
     * @param definition of this moment
     * @throws DeliveryException when it did not work this time
     */
    void deliver(NotificationsDefined definition, Notice notice, String receiver) throws DeliveryException;
}
