package io.holdfast.notifier.mail;

import io.holdfast.events.EventId;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;

/** A message whose Message-ID follows from its event and receiver, so that one sent twice is seen to be the same. */
final class IdentifiedMessage extends MimeMessage {

    private static final String DOMAIN = "holdfast.invalid";

    private final String messageId;

    IdentifiedMessage(Session session, String messageId) {
        super(session);
        this.messageId = messageId;
    }

    /** The Message-ID of an event's mail to a receiver. */
    static String idOf(EventId event, String receiver) {
        return "<" + EventId.derived(event.value(), "mail", receiver) + "@" + DOMAIN + ">";
    }

    @Override
    protected void updateMessageID() throws MessagingException {
        setHeader("Message-ID", messageId);
    }
}
