package io.holdfast.events.contract;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.events.EventType;
import io.holdfast.events.Topic;
import io.holdfast.events.wire.WireEvent;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * The AsyncAPI document: topics, messages, envelope, payloads, and which way each topic goes.
 *
 * @see <a href="https://www.asyncapi.com/docs/reference/specification/v3.0.0">AsyncAPI 3.0.0</a>
 */
final class AsyncApi {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final EventSchemas schemas;

    AsyncApi(EventSchemas schemas) {
        this.schemas = schemas;
    }

    ObjectNode document() {
        ObjectNode document = JSON.createObjectNode();
        document.put("asyncapi", "3.0.0");
        ObjectNode info = document.putObject("info");
        info.put("title", "Holdfast");
        info.put("version", "1.0.0");
        info.put("description", "Everything that Holdfast hears and says on Kafka: CloudEvents 1.0 in binary mode.");
        info.putObject("license").put("name", "Apache-2.0");
        document.put("defaultContentType", "application/json");
        ObjectNode channels = document.putObject("channels");
        ObjectNode operations = document.putObject("operations");
        for (Topic topic : Topic.values()) {
            channel(channels.putObject(name(topic)), topic);
            ObjectNode operation = operations.putObject(action(topic) + capitalised(name(topic)));
            operation.put("action", action(topic));
            operation.putObject("channel").put("$ref", "#/channels/" + name(topic));
        }
        ObjectNode components = document.putObject("components");
        ObjectNode messages = components.putObject("messages");
        for (EventType type : EventType.values()) {
            message(messages.putObject(type.record().getSimpleName()), type);
        }
        deadLetter(messages.putObject("DeadLetter"));
        envelope(components.putObject("schemas").putObject("Envelope"));
        return document;
    }

    private static void channel(ObjectNode channel, Topic topic) {
        channel.put("address", topic.topicName());
        channel.put("description", description(topic));
        ObjectNode messages = channel.putObject("messages");
        if (topic == Topic.DEAD_LETTERS) {
            messages.putObject("DeadLetter").put("$ref", "#/components/messages/DeadLetter");
        }
        Arrays.stream(EventType.values())
                .filter(type -> type.topics().contains(topic))
                .map(type -> type.record().getSimpleName())
                .forEach(name -> messages.putObject(name).put("$ref", "#/components/messages/" + name));
        ObjectNode kafka = channel.putObject("bindings").putObject("kafka");
        kafka.put("topic", topic.topicName());
        kafka.put("partitions", Topic.PARTITIONS);
        ObjectNode configuration = kafka.putObject("topicConfiguration");
        configuration.putArray("cleanup.policy").add(topic.compacted() ? "compact" : "delete");
        configuration.put(
                "retention.ms",
                topic.retention().isZero() ? -1 : topic.retention().toMillis());
        kafka.put("bindingVersion", "0.5.0");
    }

    private void message(ObjectNode message, EventType type) {
        message.put("name", type.wireName());
        message.put("title", type.record().getSimpleName());
        RecordDocumentation.of(type.record()).ifPresent(text -> message.put("summary", text));
        message.put("contentType", "application/json");
        ArrayNode headers = message.putObject("headers").putArray("allOf");
        headers.addObject().put("$ref", "#/components/schemas/Envelope");
        ObjectNode own = headers.addObject();
        own.put("type", "object");
        own.putObject("properties").putObject(WireEvent.TYPE).put("const", type.wireName());
        if (isSigned(type)) {
            own.putArray("required").add("ce_signature").add("ce_signatureexpiry");
        }
        message.set("payload", schemas.of(type));
        message.putObject("correlationId").put("location", "$message.header#/" + WireEvent.CORRELATION_ID);
        ObjectNode kafka = message.putObject("bindings").putObject("kafka");
        kafka.putObject("key").put("type", "string").put("description", "The event's subject.");
        kafka.put("bindingVersion", "0.5.0");
    }

    private static void deadLetter(ObjectNode message) {
        message.put("name", "dead-letter");
        message.put("title", "DeadLetter");
        message.put(
                "summary",
                "A record that could not be handled: key, headers and value as they came, and with them the cause.");
        ObjectNode own = message.putObject("headers").put("type", "object");
        ObjectNode headers = own.putObject("properties");
        header(headers, "holdfast-cause", "Why it could not be handled.");
        header(headers, "holdfast-consumer", "Which service could not handle it.");
        header(headers, "holdfast-topic", "The topic it was read from.");
        header(headers, "holdfast-partition", "The partition it was read from, where known.");
        header(headers, "holdfast-offset", "The offset it was read from, where known.");
        header(headers, "holdfast-length", "How long its data was, where only the beginning is kept.");
        own.putArray("required").add("holdfast-cause").add("holdfast-consumer").add("holdfast-topic");
    }

    private static void envelope(ObjectNode envelope) {
        envelope.put("type", "object");
        envelope.put("description", "The CloudEvents attributes as Kafka headers, UTF-8.");
        ObjectNode headers = envelope.putObject("properties");
        header(headers, WireEvent.SPEC_VERSION, "The version of CloudEvents.").put("const", "1.0");
        header(headers, WireEvent.ID, "The event's identity: a repeat with the same id is the same event.")
                .put("minLength", 1)
                .put("maxLength", 200);
        header(headers, WireEvent.SOURCE, "Who says it: /service/instance.");
        header(headers, WireEvent.TYPE, "The type of the event.");
        header(headers, WireEvent.SUBJECT, "What it is about; the same as the record's key.");
        header(headers, WireEvent.TIME, "When it happened, by the sender's clock.")
                .put("format", "date-time");
        header(headers, WireEvent.CORRELATION_ID, "The request that started it all; absent: the event's own id.");
        header(headers, WireEvent.CAUSATION_ID, "The event that directly led to this one.");
        header(headers, WireEvent.TRACE_PARENT, "W3C trace context.");
        header(headers, "ce_signature", "Ed25519, Base64; see docs/events.md.");
        header(headers, "ce_signatureexpiry", "Until when it may be acted on: a time, or never.");
        header(headers, WireEvent.CONTENT_TYPE, "The type of the value.").put("const", "application/json");
        ArrayNode required = envelope.putArray("required");
        List.of(WireEvent.SPEC_VERSION, WireEvent.ID, WireEvent.TYPE).forEach(required::add);
    }

    private static ObjectNode header(ObjectNode headers, String name, String description) {
        return headers.putObject(name).put("type", "string").put("description", description);
    }

    // The control plane alone may say these; see docs/events.md. A cancellation of a restore is signed as well, but the
    // same type on the topic of backups is not.
    private static boolean isSigned(EventType type) {
        return type.topic() == Topic.DEFINITIONS
                || type == EventType.RESTORE_REQUESTED
                || type == EventType.DRILL_REQUESTED;
    }

    private static String action(Topic topic) {
        return switch (topic) {
            case BACKUP_REQUESTS -> "receive";
            case RESTORE_REQUESTS, EVENTS, PROGRESS, DEFINITIONS, ALERTS, DEAD_LETTERS -> "send";
        };
    }

    private static String description(Topic topic) {
        return switch (topic) {
            case BACKUP_REQUESTS -> "Asked for by anybody who is granted to write here.";
            case RESTORE_REQUESTS -> "Asked for by the control plane alone, each signed.";
            case EVENTS -> "The log: everything that happened, kept for ever.";
            case PROGRESS -> "Progress of running jobs, and heartbeats. Losing one harms nothing.";
            case DEFINITIONS -> "Targets, repositories and routes, each signed; the last of each key is kept.";
            case ALERTS -> "What somebody has to know about: raised, acknowledged and resolved by the same key.";
            case DEAD_LETTERS -> "What could not be handled, with why.";
        };
    }

    private static String name(Topic topic) {
        String[] words = topic.name().toLowerCase(Locale.ROOT).split("_", -1);
        return words.length == 1 ? words[0] : words[0] + capitalised(words[1]);
    }

    private static String capitalised(String word) {
        return word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1);
    }
}
