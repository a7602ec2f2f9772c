package io.holdfast.notifier.slack;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.events.definition.NotificationsDefined;
import io.holdfast.events.definition.NotificationsDefined.Slack;
import io.holdfast.notifier.channel.Channel;
import io.holdfast.notifier.channel.ChannelSecrets;
import io.holdfast.notifier.channel.DeliveryException;
import io.holdfast.notifier.channel.HttpSender;
import io.holdfast.notifier.channel.NoticeWords;
import io.holdfast.notifier.incident.Notice;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Slack: over an app's token, where what follows on an alert stands in its thread, or over an incoming webhook, which has no
 * threads.
 *
 * @see <a href="https://docs.slack.dev/reference/methods/chat.postMessage">chat.postMessage</a>
 * @see <a href="https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks">incoming webhooks</a>
 */
@Singleton
class SlackChannel implements Channel {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String ENDPOINT = "https://slack.com/api";

    private final HttpSender http;
    private final ChannelSecrets secrets;

    SlackChannel(HttpSender http, ChannelSecrets secrets) {
        this.http = http;
        this.secrets = secrets;
    }

    @Override
    public String name() {
        return "slack";
    }

    @Override
    public List<String> receivers(NotificationsDefined definition) {
        return all(definition).stream().map(Slack::name).toList();
    }

    @Override
    public boolean gathers() {
        return true;
    }

    @Override
    public boolean hearsOfAcknowledgements() {
        return true;
    }

    @Override
    public @Nullable String deliver(
            NotificationsDefined definition, Notice notice, String receiver, @Nullable String answered)
            throws DeliveryException {
        Slack slack = Channel.defined(all(definition), Slack::name, receiver, "Slack's", "notifications.slack");
        String what = "slack." + receiver;
        ObjectNode message = SlackMessage.of(notice);
        if (slack.webhook() != null) {
            String address =
                    secrets.resolve("the address of " + what, slack.webhook()).reveal();
            http.post(
                    what,
                    ChannelSecrets.address(what, address),
                    Map.of("Content-Type", "application/json"),
                    bytes(message));
            return null;
        }
        if (slack.token() == null || slack.channel() == null) {
            throw new DeliveryException(
                    what + " has neither a webhook nor channel and token. HINT: define one of them.");
        }
        message.put("channel", slack.channel());
        if (answered != null) {
            message.put("thread_ts", answered);
            // Whoever looks at the channel sees that it is over.
            message.put("reply_broadcast", NoticeWords.isOver(notice));
        }
        String endpoint = slack.endpoint() == null ? ENDPOINT : slack.endpoint();
        HttpSender.Answer answer = http.post(
                what,
                ChannelSecrets.address(what, endpoint + "/chat.postMessage"),
                Map.of(
                        "Content-Type",
                        "application/json; charset=utf-8",
                        "Authorization",
                        "Bearer "
                                + secrets.resolve("the token of " + what, slack.token())
                                        .reveal()),
                bytes(message));
        return timestamp(what, answer.body());
    }

    /** Slack answers 200 to what it refuses, too. */
    private static String timestamp(String what, String body) throws DeliveryException {
        JsonNode answer;
        try {
            answer = JSON.readTree(body);
        } catch (JsonProcessingException e) {
            throw new DeliveryException(what + " did not answer as Slack does. HINT: check its endpoint.", e);
        }
        if (!answer.path("ok").asBoolean()) {
            throw new DeliveryException(what + " refused: "
                    + NoticeWords.line(answer.path("error").asText("no reason"), 100)
                    + ". HINT: check the token, its scope chat:write, and that the app is in the channel.");
        }
        return answer.path("ts").asText();
    }

    private static byte[] bytes(ObjectNode message) {
        return message.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static List<Slack> all(NotificationsDefined definition) {
        return definition.slack() == null ? List.of() : definition.slack();
    }
}
