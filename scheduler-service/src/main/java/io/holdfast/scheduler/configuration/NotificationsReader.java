package io.holdfast.scheduler.configuration;

import io.holdfast.events.TargetId;
import io.holdfast.events.definition.NotificationsDefined;
import io.holdfast.events.definition.NotificationsDefined.Email;
import io.holdfast.events.definition.NotificationsDefined.PagerDuty;
import io.holdfast.events.definition.NotificationsDefined.Route;
import io.holdfast.events.definition.NotificationsDefined.Slack;
import io.holdfast.events.definition.NotificationsDefined.Syslog;
import io.holdfast.events.definition.NotificationsDefined.Webhook;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.Node;

/** Reads {@code notifications}. */
final class NotificationsReader {

    static final List<String> KEYS = List.of("email", "slack", "pagerduty", "webhook", "syslog", "time_zone", "routes");
    static final List<String> SLACK_KEYS = List.of("channel", "token", "webhook", "endpoint");
    static final List<String> PAGERDUTY_KEYS = List.of("routing_key", "endpoint");
    static final List<String> WEBHOOK_KEYS = List.of("url", "secret");
    static final List<String> SYSLOG_KEYS = List.of("server", "ca");
    static final String EMAIL = "email";
    private static final long NEVER = 0;
    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{0,62}");
    private static final String URL_HINT = "write \"https://host/path\"";
    private static final String SERVER_HINT = "write \"tls://host:6514\", \"tcp://host:514\" or \"udp://host:514\"";

    private final Section notifications;
    private final Set<String> names = new LinkedHashSet<>();

    private NotificationsReader(Section notifications) {
        this.notifications = notifications;
    }

    static @Nullable NotificationsDefined read(Section notifications, Set<TargetId> targets) {
        return new NotificationsReader(notifications).read(targets);
    }

    private @Nullable NotificationsDefined read(Set<TargetId> targets) {
        Section mail = notifications.section(EMAIL, EmailReader.KEYS);
        Email email = mail == null ? null : EmailReader.read(mail);
        if (notifications.values().containsKey(EMAIL)) {
            names.add(EMAIL);
        }
        List<Slack> slack = channels("slack", SLACK_KEYS, NotificationsReader::slack);
        List<PagerDuty> pagerduty = channels("pagerduty", PAGERDUTY_KEYS, NotificationsReader::pagerDuty);
        List<Webhook> webhooks = channels("webhook", WEBHOOK_KEYS, NotificationsReader::webhook);
        List<Syslog> syslog = channels("syslog", SYSLOG_KEYS, NotificationsReader::syslog);
        List<Route> routes = RouteReader.read(notifications, names, targets);
        return names.isEmpty()
                ? null
                : new NotificationsDefined(NEVER, email, slack, pagerduty, webhooks, syslog, routes);
    }

    /** Channels of one sort, by the names that routes call them; null where there are none. */
    private <C> @Nullable List<C> channels(
            String key, List<String> keys, BiFunction<String, Section, @Nullable C> reader) {
        Node node = notifications.values().get(key);
        Section all = node == null ? null : Section.ofNames(notifications.path(key), node, notifications.problems());
        if (all == null) {
            return null;
        }
        List<C> found = new ArrayList<>();
        all.values().forEach((name, value) -> {
            Section section = Section.of(all.path(name), value, notifications.problems(), keys);
            if (!NAME.matcher(name).matches()) {
                notifications
                        .problems()
                        .add(
                                all.keyOf(name),
                                "`" + Section.shortened(name) + "` cannot be a name",
                                "use 1 to 63 lower-case letters, digits, '.', '_' or '-', beginning with a letter or digit");
            } else if (!names.add(name)) {
                notifications
                        .problems()
                        .add(all.keyOf(name), "`" + name + "` is another channel's name", "give it one of its own");
            }
            C read = section == null ? null : reader.apply(name, section);
            if (read != null) {
                found.add(read);
            }
        });
        return found.isEmpty() ? null : found;
    }

    private static @Nullable Slack slack(String name, Section section) {
        String channel = section.text("channel");
        String token = section.secretReference("token");
        String webhook = section.secretReference("webhook");
        boolean app =
                section.values().containsKey("channel") && section.values().containsKey("token");
        boolean hook = section.values().containsKey("webhook");
        boolean both = hook
                && (section.values().containsKey("channel") || section.values().containsKey("token"));
        if (both || (!app && !hook)) {
            section.problems()
                    .add(
                            section.where("webhook"),
                            section.path("webhook") + " or channel and token: one of them is needed, and not both",
                            "give an app's `token` and a `channel`, or the address of an incoming `webhook`");
        }
        return new Slack(name, channel, token, webhook, address(section, "endpoint", false));
    }

    private static @Nullable PagerDuty pagerDuty(String name, Section section) {
        String key = section.requiredText("routing_key", "write \"env:NAME\" or \"file:/absolute/path\"") == null
                ? null
                : section.secretReference("routing_key");
        return key == null ? null : new PagerDuty(name, key, address(section, "endpoint", false));
    }

    private static @Nullable Webhook webhook(String name, Section section) {
        String url = address(section, "url", true);
        String secret = section.secretReference("secret");
        return url == null ? null : new Webhook(name, url, secret);
    }

    private static @Nullable Syslog syslog(String name, Section section) {
        String server = section.read(
                "server", section.requiredText("server", SERVER_HINT), NotificationsReader::collector, SERVER_HINT);
        String ca = section.secretReference("ca");
        return server == null ? null : new Syslog(name, server, ca);
    }

    private static @Nullable String address(Section section, String key, boolean required) {
        String text = required ? section.requiredText(key, URL_HINT) : section.text(key);
        return section.read(key, text, NotificationsReader::url, URL_HINT);
    }

    private static String url(String text) {
        URI uri = uri(text);
        if (!"https".equals(uri.getScheme()) && !"http".equals(uri.getScheme())) {
            throw new IllegalArgumentException("is neither https: nor http:");
        }
        return text;
    }

    private static String collector(String text) {
        URI uri = uri(text);
        if (!List.of("udp", "tcp", "tls").contains(String.valueOf(uri.getScheme()))) {
            throw new IllegalArgumentException("is neither udp:, tcp: nor tls:");
        }
        return text;
    }

    private static URI uri(String text) {
        URI uri;
        try {
            uri = URI.create(text);
        } catch (IllegalArgumentException e) {
            // The cause would repeat the text, and with it a password that should not be there.
            throw new IllegalArgumentException("is not a URL");
        }
        if (uri.getUserInfo() != null || uri.getHost() == null) {
            throw new IllegalArgumentException("names no host, or holds a login");
        }
        return uri;
    }
}
