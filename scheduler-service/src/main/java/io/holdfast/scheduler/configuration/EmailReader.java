package io.holdfast.scheduler.configuration;

import io.holdfast.events.definition.NotificationsDefined;
import java.net.URI;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads {@code notifications.email}. */
final class EmailReader {

    static final List<String> KEYS = List.of("smtp", "from", "to", "username", "password", "start_tls");
    private static final List<String> START_TLS = List.of("disabled", "optional", "required");
    // Only what would break a mail's header or be no address at all; the mail server knows the rest.
    private static final Pattern ADDRESS = Pattern.compile("[^\\s@<>,;\"\\p{Cntrl}]+@[^\\s@<>,;\"\\p{Cntrl}]+");
    private static final String SMTP_HINT = "write \"smtp://host:25\" or \"smtps://host:465\"";
    private static final String ADDRESS_HINT = "write an address such as ops@example.org, without a name around it";

    private EmailReader() {}

    static NotificationsDefined.@Nullable Email read(Section section) {
        String smtp = section.read("smtp", section.requiredText("smtp", SMTP_HINT), EmailReader::server, SMTP_HINT);
        String from =
                section.read("from", section.requiredText("from", ADDRESS_HINT), EmailReader::address, ADDRESS_HINT);
        List<String> to = section.texts("to");
        for (String address : to) {
            section.read("to", address, EmailReader::address, ADDRESS_HINT);
        }
        if (to.isEmpty()) {
            section.problems().add(section.where("to"), section.path("to") + " names nobody", ADDRESS_HINT);
        }
        String username = section.text("username");
        String password = section.secretReference("password");
        if (section.values().containsKey("username") != section.values().containsKey("password")) {
            section.problems()
                    .add(
                            section.where(username == null ? "password" : "username"),
                            "username and password belong together",
                            "give both, or none");
        }
        // A password must not go over the wire in the clear because somebody in between hides that TLS is offered.
        String startTls = section.oneOf("start_tls", START_TLS, username == null ? "optional" : "required");
        return smtp == null || from == null
                ? null
                : new NotificationsDefined.Email(smtp, from, to, username, password, startTls);
    }

    private static String server(String text) {
        URI uri;
        try {
            uri = URI.create(text);
        } catch (IllegalArgumentException e) {
            // The cause would repeat the text, and with it a password that should not be there.
            throw new IllegalArgumentException("is not a URL");
        }
        if (!"smtp".equals(uri.getScheme()) && !"smtps".equals(uri.getScheme())) {
            throw new IllegalArgumentException("is neither smtp: nor smtps:");
        }
        if (uri.getUserInfo() != null) {
            throw new IllegalArgumentException("holds a login, which has keys of its own (username, password)");
        }
        String path = uri.getPath();
        if (uri.getHost() == null || (path != null && path.length() > 1) || uri.getQuery() != null) {
            throw new IllegalArgumentException("does not name a host and a port only");
        }
        return text;
    }

    static boolean isAddress(String text) {
        return ADDRESS.matcher(text).matches();
    }

    private static String address(String text) {
        if (!isAddress(text)) {
            throw new IllegalArgumentException("is not a mail address");
        }
        return text;
    }
}
