package io.holdfast.notifier.mail;

import io.holdfast.events.definition.NotificationsDefined.Email;
import io.holdfast.notifier.channel.DeliveryException;
import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * How a mail server is spoken to. Pure.
 *
 * <p>Without a login, encryption is taken where it is offered and nobody is asked to prove who he is, as mail servers do
 * among each other. With a login it is required, and the certificate must be the host's, unless the definition switches
 * it off.
 *
 * @param scheme {@code smtp}, or {@code smtps} for TLS from the first byte
 * @see <a href="https://eclipse-ee4j.github.io/angus-mail/docs/api/org.eclipse.angus.mail/org/eclipse/angus/mail/smtp/package-summary.html">
 *     the properties of the SMTP provider</a>
 */
record SmtpServer(String scheme, String host, int port, StartTls startTls) {

    private static final int SMTP = 25;
    private static final int SMTPS = 465;

    /** Whether a connection that begins in the clear becomes encrypted. */
    enum StartTls {
        DISABLED,
        OPTIONAL,
        REQUIRED
    }

    /** @throws DeliveryException when the definition makes no sense */
    static SmtpServer of(Email email) throws DeliveryException {
        URI address;
        try {
            address = URI.create(email.smtp());
        } catch (IllegalArgumentException e) {
            throw badAddress(e);
        }
        String scheme = address.getScheme() == null ? "" : address.getScheme().toLowerCase(Locale.ROOT);
        if (address.getHost() == null
                || address.getUserInfo() != null
                || !(scheme.equals("smtp") || scheme.equals("smtps"))) {
            throw badAddress(null);
        }
        int port = address.getPort() >= 0 ? address.getPort() : scheme.equals("smtps") ? SMTPS : SMTP;
        return new SmtpServer(scheme, address.getHost(), port, startTls(email));
    }

    Properties properties(Duration timeout) {
        Properties properties = new Properties();
        String prefix = "mail." + scheme + ".";
        String millis = Long.toString(timeout.toMillis());
        properties.setProperty(prefix + "connectiontimeout", millis);
        properties.setProperty(prefix + "timeout", millis);
        properties.setProperty(prefix + "writetimeout", millis);
        properties.setProperty(prefix + "ehlo", "true");
        if (scheme.equals("smtp")) {
            properties.setProperty(prefix + "starttls.enable", Boolean.toString(startTls != StartTls.DISABLED));
            properties.setProperty(prefix + "starttls.required", Boolean.toString(startTls == StartTls.REQUIRED));
        }
        if (scheme.equals("smtp") && startTls == StartTls.OPTIONAL) {
            // Whoever stands in between could as well hide that encryption is offered.
            properties.setProperty(prefix + "ssl.trust", "*");
            properties.setProperty(prefix + "ssl.checkserveridentity", "false");
        } else {
            properties.setProperty(prefix + "ssl.checkserveridentity", "true");
        }
        return properties;
    }

    private static StartTls startTls(Email email) throws DeliveryException {
        if (email.startTls() == null) {
            return email.username() == null ? StartTls.OPTIONAL : StartTls.REQUIRED;
        }
        return switch (email.startTls()) {
            case "disabled" -> StartTls.DISABLED;
            case "optional" -> StartTls.OPTIONAL;
            case "required" -> StartTls.REQUIRED;
            default ->
                throw new DeliveryException(
                        "start_tls of the notifications cannot be understood. HINT: it is disabled, optional or required.");
        };
    }

    private static DeliveryException badAddress(@Nullable Throwable cause) {
        String message = "the address of the mail server cannot be understood. HINT: it looks like smtp://host:25 or"
                + " smtps://host:465; name and password have fields of their own.";
        return cause == null ? new DeliveryException(message) : new DeliveryException(message, cause);
    }
}
