package io.holdfast.scheduler.catalog;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.holdfast.events.wire.EventCodec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Details of events as JSON in a column, and texts as PostgreSQL can store them. */
final class StoredJson {

    private static final ObjectMapper JSON = EventCodec.newJsonMapper();

    private StoredJson() {}

    static @Nullable String of(@Nullable Object value) {
        try {
            return value == null ? null : JSON.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("every part of an event can be written as JSON", e);
        }
    }

    static <T> @Nullable T read(@Nullable String json, Class<T> type) {
        try {
            return json == null ? null : JSON.readValue(json, type);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the catalog holds JSON that it did not write", e);
        }
    }

    static <T> @Nullable List<T> readList(@Nullable String json, Class<T> type) {
        try {
            return json == null
                    ? null
                    : JSON.readValue(json, JSON.getTypeFactory().constructCollectionType(List.class, type));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the catalog holds JSON that it did not write", e);
        }
    }

    /** PostgreSQL stores no NUL; whoever puts one into an event must not stop the catalog. */
    static @Nullable String text(@Nullable String text) {
        return text == null ? null : text.replace('\u0000', '\ufffd');
    }
}
