package io.holdfast.notifier.webhook;

import io.holdfast.events.definition.NotificationsDefined;
import io.holdfast.events.definition.NotificationsDefined.Webhook;
import io.holdfast.notifier.channel.Channel;
import io.holdfast.notifier.channel.ChannelSecrets;
import io.holdfast.notifier.channel.DeliveryException;
import io.holdfast.notifier.channel.HttpSender;
import io.holdfast.notifier.incident.Notice;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An address of one's own that takes what Alertmanager sends. Where a secret is defined, the header {@code Holdfast-Signature}
 * is {@code t=<seconds since 1970>,v1=<HMAC-SHA-256 of "<t>.<body>" in hexadecimal>}; {@code Holdfast-Event} is the same
 * whenever the same is sent again.
 */
@Singleton
class WebhookChannel implements Channel {

    private final HttpSender http;
    private final ChannelSecrets secrets;
    private final Clock clock;

    WebhookChannel(HttpSender http, ChannelSecrets secrets, Clock clock) {
        this.http = http;
        this.secrets = secrets;
        this.clock = clock;
    }

    @Override
    public String name() {
        return "webhook";
    }

    @Override
    public List<String> receivers(NotificationsDefined definition) {
        return all(definition).stream().map(Webhook::name).toList();
    }

    @Override
    public @Nullable String deliver(
            NotificationsDefined definition, Notice notice, String receiver, @Nullable String answered)
            throws DeliveryException {
        Webhook webhook =
                Channel.defined(all(definition), Webhook::name, receiver, "the webhook", "notifications.webhook");
        String what = "webhook." + receiver;
        byte[] body = AlertmanagerMessage.of(notice, receiver).toString().getBytes(StandardCharsets.UTF_8);
        Map<String, String> headers = new HashMap<>();
        headers.put("Content-Type", "application/json");
        headers.put("Holdfast-Event", notice.event().value());
        if (webhook.secret() != null) {
            headers.put(
                    Signature.HEADER,
                    Signature.of(secrets.resolve("the secret of " + what, webhook.secret()), clock.instant(), body));
        }
        http.post(what, ChannelSecrets.address(what, webhook.url()), headers, body);
        return null;
    }

    private static List<Webhook> all(NotificationsDefined definition) {
        return definition.webhooks() == null ? List.of() : definition.webhooks();
    }
}
