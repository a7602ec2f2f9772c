package io.holdfast.events.wire;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.KeyDeserializer;
import com.fasterxml.jackson.databind.Module;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.std.StringDeserializer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import java.io.IOException;

/**
 * Text that everybody can take: without halves of surrogate pairs, which UTF-8 cannot say, and zero characters, which
 * PostgreSQL cannot store. JSON can say both by escapes. They are replaced by U+FFFD in events that are read, before anything
 * follows from them, and in those that are said: a free text that nobody can take is no reason to lose an event.
 */
final class WholeText {
    private static final int REPLACEMENT = 0xFFFD;

    private WholeText() {}

    static Module module() {
        return new SimpleModule("whole text")
                .addDeserializer(String.class, new Value())
                .addKeyDeserializer(String.class, new Key())
                .addSerializer(String.class, new Replaced())
                .addKeySerializer(String.class, new ReplacedKey());
    }

    static boolean is(String text) {
        return text.codePoints().noneMatch(WholeText::isBad);
    }

    private static boolean isBad(int codePoint) {
        return codePoint == 0 || (codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE);
    }

    private static String replaced(String text) {
        return is(text)
                ? text
                : text.codePoints()
                        .map(each -> isBad(each) ? REPLACEMENT : each)
                        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                        .toString();
    }

    private static final class Value extends StringDeserializer {
        private static final long serialVersionUID = 1L;

        @Override
        public String deserialize(JsonParser parser, DeserializationContext context) throws IOException {
            return replaced(super.deserialize(parser, context));
        }
    }

    private static final class Key extends KeyDeserializer {
        @Override
        public Object deserializeKey(String key, DeserializationContext context) {
            return replaced(key);
        }
    }

    private static final class Replaced extends JsonSerializer<String> {
        @Override
        public void serialize(String value, JsonGenerator generator, SerializerProvider provider) throws IOException {
            generator.writeString(replaced(value));
        }
    }

    private static final class ReplacedKey extends JsonSerializer<String> {
        @Override
        public void serialize(String value, JsonGenerator generator, SerializerProvider provider) throws IOException {
            generator.writeFieldName(replaced(value));
        }
    }
}
