package io.holdfast.notifier.pagerduty;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.events.definition.NotificationsDefined;
import io.holdfast.events.definition.NotificationsDefined.PagerDuty;
import io.holdfast.notifier.channel.Channel;
import io.holdfast.notifier.channel.ChannelSecrets;
import io.holdfast.notifier.channel.DeliveryException;
import io.holdfast.notifier.channel.HttpSender;
import io.holdfast.notifier.incident.Notice;
import jakarta.inject.Singleton;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * PagerDuty: an alert is triggered, acknowledged and resolved under the key of its matter, so that a repeat is the same alert.
 *
 * @see <a href="https://developer.pagerduty.com/docs/send-alert-event">Events API v2</a>
 */
@Singleton
class PagerDutyChannel implements Channel {

    private static final String ENDPOINT = "https://events.pagerduty.com/v2/enqueue";

    private final HttpSender http;
    private final ChannelSecrets secrets;

    PagerDutyChannel(HttpSender http, ChannelSecrets secrets) {
        this.http = http;
        this.secrets = secrets;
    }

    @Override
    public String name() {
        return "pagerduty";
    }

    @Override
    public List<String> receivers(NotificationsDefined definition) {
        return all(definition).stream().map(PagerDuty::name).toList();
    }

    @Override
    public boolean hearsOfAcknowledgements() {
        return true;
    }

    @Override
    public @Nullable String deliver(
            NotificationsDefined definition, Notice notice, String receiver, @Nullable String answered)
            throws DeliveryException {
        PagerDuty service =
                Channel.defined(all(definition), PagerDuty::name, receiver, "PagerDuty's", "notifications.pagerduty");
        String what = "pagerduty." + receiver;
        String key = secrets.resolve("the routing key of " + what, service.routingKey())
                .reveal();
        URI address = ChannelSecrets.address(what, service.endpoint() == null ? ENDPOINT : service.endpoint());
        post(what, address, PagerDutyEvent.of(notice, key));
        if (notice.sort() == Notice.Sort.TEST) {
            post(what, address, PagerDutyEvent.end(notice, key));
        }
        return null;
    }

    private void post(String what, URI address, ObjectNode event) throws DeliveryException {
        http.post(
                what,
                address,
                Map.of("Content-Type", "application/json"),
                event.toString().getBytes(StandardCharsets.UTF_8));
    }

    private static List<PagerDuty> all(NotificationsDefined definition) {
        return definition.pagerduty() == null ? List.of() : definition.pagerduty();
    }
}
