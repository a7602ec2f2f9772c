package io.holdfast.events.definition;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who is told, and how.
 *
 * @param email by mail; absent: nobody is mailed
 */
public record NotificationsDefined(long revision, @Nullable Email email) implements Definition {

    public static final String SUBJECT = "notifications/default";

    @Override
    public String subject() {
        return SUBJECT;
    }

    /**
     * Mail over SMTP.
     *
     * @param smtp     {@code smtp://host:25} or {@code smtps://host:465}
     * @param from     the sender's address
     * @param to       the receivers' addresses
     * @param username for servers that want a login
     * @param password reference to its password
     * @param startTls {@code disabled}, {@code optional} or {@code required}
     */
    public record Email(
            String smtp,
            String from,
            List<String> to,
            @Nullable String username,
            @Nullable String password,
            @Nullable String startTls) {

        public Email {
            to = List.copyOf(to);
        }
    }
}
