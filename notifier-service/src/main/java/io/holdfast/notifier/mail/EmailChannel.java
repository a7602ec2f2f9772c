package io.holdfast.notifier.mail;

import io.holdfast.events.definition.NotificationsDefined;
import io.holdfast.events.definition.NotificationsDefined.Email;
import io.holdfast.notifier.NotifierConfig;
import io.holdfast.notifier.channel.Channel;
import io.holdfast.notifier.channel.DeliveryException;
import io.holdfast.notifier.incident.Notice;
import io.holdfast.runtime.secrets.SecretException;
import io.holdfast.runtime.secrets.Secrets;
import jakarta.inject.Singleton;
import jakarta.mail.Address;
import jakarta.mail.AuthenticationFailedException;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.AddressException;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeBodyPart;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.nio.charset.StandardCharsets;
import java.util.Date;
import java.util.List;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/** Mail over SMTP, each receiver a message of his own. Server and login are those of the definition of the moment. */
@Singleton
class EmailChannel implements Channel {

    private static final String UTF_8 = StandardCharsets.UTF_8.name();

    private final Secrets secrets;
    private final NotifierConfig config;

    EmailChannel(Secrets secrets, NotifierConfig config) {
        this.secrets = secrets;
        this.config = config;
    }

    @Override
    public String name() {
        return "email";
    }

    @Override
    public List<String> receivers(NotificationsDefined definition) {
        return definition.email() == null ? List.of() : definition.email().to();
    }

    @Override
    public List<String> meant(NotificationsDefined definition, String word) {
        return word.equals(name()) ? receivers(definition) : word.contains("@") ? List.of(word) : List.of();
    }

    @Override
    public boolean gathers() {
        return true;
    }

    @Override
    public @Nullable String deliver(
            NotificationsDefined definition, Notice notice, String receiver, @Nullable String answered)
            throws DeliveryException {
        Email email = definition.email();
        if (email == null) {
            throw new DeliveryException("mail is not defined any more. HINT: define notifications.email.");
        }
        SmtpServer server = SmtpServer.of(email);
        Properties properties = server.properties(config.smtpTimeout());
        if (email.username() != null) {
            properties.setProperty("mail." + server.scheme() + ".auth", "true");
        }
        Session session = Session.getInstance(properties);
        InternetAddress to = address(receiver, "receiver");
        MimeMessage message = message(session, address(email.from(), "sender"), to, notice, receiver);
        try (Transport transport = session.getTransport(server.scheme())) {
            transport.connect(server.host(), server.port(), email.username(), password(email));
            transport.sendMessage(message, new Address[] {to});
            // The Message-ID follows from the event: answers know it without being told.
            return null;
        } catch (AuthenticationFailedException e) {
            throw new DeliveryException(
                    "the mail server " + server.host() + ":" + server.port() + " refused the login of "
                            + email.username() + ". HINT: check username and password of notifications.email.",
                    e);
        } catch (MessagingException e) {
            throw new DeliveryException(
                    "the mail server " + server.host() + ":" + server.port() + " did not take the mail: " + reason(e)
                            + ". HINT: check notifications.email and the mail server's log.",
                    e);
        }
    }

    private static MimeMessage message(
            Session session, InternetAddress from, InternetAddress to, Notice notice, String receiver)
            throws DeliveryException {
        MailText text = MailText.of(notice);
        try {
            MimeMessage message = new IdentifiedMessage(session, IdentifiedMessage.idOf(notice.event(), receiver));
            message.setFrom(from);
            message.setRecipient(Message.RecipientType.TO, to);
            message.setSubject(text.subject(), UTF_8);
            message.setSentDate(Date.from(notice.at()));
            message.setHeader("Auto-Submitted", "auto-generated");
            if (notice.answers() != null) {
                String first = IdentifiedMessage.idOf(notice.answers(), receiver);
                message.setHeader("In-Reply-To", first);
                message.setHeader("References", first);
            }
            MimeBodyPart plain = new MimeBodyPart();
            plain.setText(text.plain(), UTF_8, "plain");
            MimeBodyPart html = new MimeBodyPart();
            html.setText(text.html(), UTF_8, "html");
            message.setContent(new MimeMultipart("alternative", plain, html));
            message.saveChanges();
            return message;
        } catch (MessagingException e) {
            throw new DeliveryException("the mail cannot be written: " + reason(e), e);
        }
    }

    private @Nullable String password(Email email) throws DeliveryException {
        if (email.password() == null) {
            return null;
        }
        try {
            return secrets.resolve(email.password()).reveal();
        } catch (SecretException e) {
            throw new DeliveryException("the mail server's password: " + e.getMessage(), e);
        }
    }

    private static InternetAddress address(String text, String whose) throws DeliveryException {
        try {
            if (text.chars().anyMatch(Character::isISOControl)) {
                throw new AddressException("line breaks");
            }
            InternetAddress address = new InternetAddress(text, true);
            address.validate();
            return address;
        } catch (AddressException e) {
            throw new DeliveryException(
                    "the " + whose + "'s address is not valid. HINT: it looks like ops@example.org.", e);
        }
    }

    private static String reason(MessagingException e) {
        StringBuilder reason = new StringBuilder(String.valueOf(e.getMessage()));
        Exception next = e.getNextException();
        if (next != null && next.getMessage() != null && reason.indexOf(next.getMessage()) < 0) {
            reason.append(": ").append(next.getMessage());
        }
        return reason.toString().replaceAll("\\p{Cntrl}+", " ").strip();
    }
}
