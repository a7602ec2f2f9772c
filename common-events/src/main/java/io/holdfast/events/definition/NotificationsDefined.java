package io.holdfast.events.definition;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who is told, and how.
 *
 * @param email     by mail; absent: nobody is mailed
 * @param slack     in Slack
 * @param pagerduty over PagerDuty
 * @param webhooks  by requests to addresses of one's own
 * @param syslog    to collectors of logs
 * @param routes    who is told of what; the first that fits counts. What fits none, and everything where there are none, goes to all
 */
public record NotificationsDefined(
        long revision,
        @Nullable Email email,
        @Nullable List<Slack> slack,
        @Nullable List<PagerDuty> pagerduty,
        @Nullable List<Webhook> webhooks,
        @Nullable List<Syslog> syslog,
        @Nullable List<Route> routes)
        implements Definition {

    public static final String SUBJECT = "notifications/default";

    public NotificationsDefined {
        slack = slack == null ? null : List.copyOf(slack);
        pagerduty = pagerduty == null ? null : List.copyOf(pagerduty);
        webhooks = webhooks == null ? null : List.copyOf(webhooks);
        syslog = syslog == null ? null : List.copyOf(syslog);
        routes = routes == null ? null : List.copyOf(routes);
    }

    /** By mail alone. */
    public NotificationsDefined(long revision, @Nullable Email email) {
        this(revision, email, null, null, null, null, null);
    }

    /** The same with another revision. */
    public NotificationsDefined withRevision(long other) {
        return new NotificationsDefined(other, email, slack, pagerduty, webhooks, syslog, routes);
    }

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

    /**
     * A channel of Slack: over an app's token, then answers stand in a thread, or over an incoming webhook.
     *
     * @param name     what routes call it
     * @param channel  with a token: the channel's id or name
     * @param token    reference to the app's token
     * @param webhook  reference to the address of an incoming webhook, in place of channel and token
     * @param endpoint where Slack's methods are, if not at Slack's own address
     */
    public record Slack(
            String name,
            @Nullable String channel,
            @Nullable String token,
            @Nullable String webhook,
            @Nullable String endpoint) {}

    /**
     * A service of PagerDuty.
     *
     * @param name       what routes call it
     * @param routingKey reference to the integration's key
     * @param endpoint   where events are taken, if not at PagerDuty's own address
     */
    public record PagerDuty(
            String name, String routingKey, @Nullable String endpoint) {}

    /**
     * An address that takes what Alertmanager sends.
     *
     * @param name   what routes call it
     * @param url    the address, {@code https} or {@code http}
     * @param secret reference to the secret that requests are signed with; absent: they are not
     */
    public record Webhook(String name, String url, @Nullable String secret) {}

    /**
     * A collector of logs.
     *
     * @param name   what routes call it
     * @param server {@code udp://host:514}, {@code tcp://host:514} or {@code tls://host:6514}
     * @param ca     reference to the certificates that the collector's has to lead to, PEM; absent: those of the platform
     */
    public record Syslog(
            String name, String server, @Nullable String ca) {}

    /**
     * Who is told of some alerts.
     *
     * @param levels        of these levels; absent: of any
     * @param kinds         of these kinds; absent: of any
     * @param targets       of these targets; absent: of any, and of none
     * @param tell          who is told first: names of what is defined beside, {@code email} for all its receivers, or mail addresses
     * @param escalate      who is told next while nobody acknowledges, in order
     * @param quiet         when warnings wait
     * @param repeatSeconds after how many seconds what is open and not acknowledged is told again; absent: never
     */
    public record Route(
            @Nullable List<String> levels,
            @Nullable List<String> kinds,
            @Nullable List<String> targets,
            List<String> tell,
            @Nullable List<Contact> escalate,
            @Nullable Hours quiet,
            @Nullable Long repeatSeconds) {

        public Route {
            levels = levels == null ? null : List.copyOf(levels);
            kinds = kinds == null ? null : List.copyOf(kinds);
            targets = targets == null ? null : List.copyOf(targets);
            tell = List.copyOf(tell);
            escalate = escalate == null ? null : List.copyOf(escalate);
        }
    }

    /**
     * The next who are told.
     *
     * @param tell         whom, as in a route
     * @param afterSeconds how many seconds after those before
     * @param hours        when they can be told; outside of these the next in the list are; absent: always
     */
    public record Contact(
            List<String> tell, long afterSeconds, @Nullable Hours hours) {

        public Contact {
            tell = List.copyOf(tell);
        }
    }

    /**
     * A part of each day.
     *
     * @param from     when it begins, {@code 22:00}
     * @param until    when it ends, {@code 07:00}; before the beginning: on the next day
     * @param timeZone by its IANA name
     */
    public record Hours(String from, String until, String timeZone) {}
}
