package io.holdfast.cli.e2e;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.GreenMailUtil;
import com.icegreen.greenmail.util.ServerSetup;
import jakarta.mail.MessagingException;
import jakarta.mail.internet.MimeMessage;
import java.util.ArrayList;
import java.util.List;

/** A mail server on loopback that keeps what it is given. */
final class Mailbox implements AutoCloseable {
    private final GreenMail server =
            new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP).dynamicPort());

    Mailbox() {
        server.start();
    }

    /** The part of a configuration that has everything mailed here. */
    String configuration() {
        return "notifications:\n  email: { smtp: \"smtp://127.0.0.1:"
                + server.getSmtp().getPort()
                + "\", from: holdfast@example.org, to: [ops@example.org] }\n";
    }

    /** What came about a target, oldest first: {@code FAILED: orders full backup to main: authentication}. */
    List<String> about(String target) throws MessagingException {
        List<String> subjects = new ArrayList<>();
        for (MimeMessage mail : server.getReceivedMessages()) {
            String subject = mail.getSubject().replace("[Holdfast] ", "");
            if (subject.contains(": " + target + " ")) {
                subjects.add(subject);
            }
        }
        return subjects;
    }

    /** The one mail with this subject, as it came, its long lines put together again. */
    String text(String subject) throws MessagingException {
        List<String> texts = new ArrayList<>();
        for (MimeMessage mail : server.getReceivedMessages()) {
            if (mail.getSubject().endsWith(subject)) {
                texts.add(GreenMailUtil.getWholeMessage(mail).replace("=\r\n", ""));
            }
        }
        if (texts.size() != 1) {
            throw new AssertionError(texts.size() + " mails say " + subject);
        }
        return texts.getFirst();
    }

    @Override
    public void close() {
        server.stop();
    }
}
