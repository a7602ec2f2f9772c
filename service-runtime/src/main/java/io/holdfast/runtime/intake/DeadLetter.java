package io.holdfast.runtime.intake;

import io.holdfast.events.Topic;
import io.holdfast.events.wire.EventCodec;
import io.holdfast.events.wire.WireEvent;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What could not be handled, as it is put aside: the record as it was, with why and where from. */
public final class DeadLetter {

    /** Why it could not be handled. */
    public static final String CAUSE = "holdfast-cause";
    /** Which consumer could not handle it. */
    public static final String CONSUMER = "holdfast-consumer";
    /** The topic it was read from. */
    public static final String TOPIC = "holdfast-topic";
    /** The partition it was read from. */
    public static final String PARTITION = "holdfast-partition";
    /** The offset it was read from. */
    public static final String OFFSET = "holdfast-offset";
    /** How long its data was, where only the beginning is kept. */
    public static final String LENGTH = "holdfast-length";

    private static final int KEPT_OF_OVERSIZED = 1024;
    private static final int MAX_HEADER = 2000;
    private static final int MAX_ALL_HEADERS = 64 * 1024;
    private static final int MAX_KEY = 1000;

    private DeadLetter() {}

    static WireEvent of(String consumer, IncomingRecord incoming, String cause) {
        WireEvent wire = incoming.wire();
        Map<String, String> headers = new HashMap<>();
        // Those of the envelope first. Together with the data they must fit into one record again.
        List<String> names = wire.headers().keySet().stream()
                .filter(name -> name.length() <= MAX_HEADER)
                .sorted(Comparator.comparing((String name) -> !name.startsWith("ce_"))
                        .thenComparing(Comparator.naturalOrder()))
                .toList();
        int room = MAX_ALL_HEADERS;
        for (String name : names) {
            String value = storable(wire.headers().getOrDefault(name, ""), MAX_HEADER);
            room -= bytes(name) + bytes(value);
            if (room < 0) {
                break;
            }
            headers.put(storable(name, MAX_HEADER), value);
        }
        headers.put(CAUSE, storable(cause, MAX_HEADER));
        headers.put(CONSUMER, consumer);
        headers.put(TOPIC, wire.topic());
        if (incoming.offset() >= 0) {
            headers.put(PARTITION, Integer.toString(incoming.partition()));
            headers.put(OFFSET, Long.toString(incoming.offset()));
        }
        byte[] data = wire.data();
        if (data.length > EventCodec.MAX_BYTES) {
            headers.put(LENGTH, Integer.toString(data.length));
            data = Arrays.copyOf(data, KEPT_OF_OVERSIZED);
        }
        String key = wire.key() == null ? null : storable(wire.key(), MAX_KEY);
        return new WireEvent(Topic.DEAD_LETTERS.topicName(), key, headers, data);
    }

    private static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    /** PostgreSQL stores neither NUL nor half of a surrogate pair in a text. */
    private static String storable(String text, int maxLength) {
        String cut = text.length() <= maxLength ? text : text.substring(0, maxLength);
        return new String(cut.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8).replace('\u0000', '\ufffd');
    }
}
