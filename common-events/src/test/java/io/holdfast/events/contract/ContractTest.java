package io.holdfast.events.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion;
import io.holdfast.events.EventType;
import io.holdfast.events.wire.Decoded.Known;
import io.holdfast.events.wire.Decoded.Malformed;
import io.holdfast.events.wire.EventCodec;
import io.holdfast.events.wire.WireEvent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class ContractTest {

    private final EventCodec codec = new EventCodec();

    @BeforeAll
    static void write_when_asked_to() throws IOException {
        if (Boolean.getBoolean("contract.write")) {
            ContractDocuments.write();
        }
    }

    @Test
    void the_documents_are_those_of_the_records() throws IOException {
        Map<String, String> checkedIn = new TreeMap<>();
        for (Path file : filesBelow(ContractDocuments.FOLDER)) {
            checkedIn.put(ContractDocuments.FOLDER.relativize(file).toString(), Files.readString(file));
        }

        Map<String, String> generated = ContractDocuments.generated();
        assertThat(checkedIn.keySet()).as(ContractDocuments.HOW).isEqualTo(generated.keySet());
        generated.forEach((name, text) -> assertThat(checkedIn.get(name))
                .as("%s is not what the records say now. %s", name, ContractDocuments.HOW)
                .isEqualTo(text));
    }

    @Test
    void every_type_has_a_golden_file_and_there_are_no_others() throws IOException {
        assertThat(filesBelow(Golden.FOLDER))
                .extracting(file -> file.getFileName().toString())
                .containsExactlyInAnyOrderElementsOf(Arrays.stream(EventType.values())
                        .flatMap(type -> IntStream.rangeClosed(
                                        1, Golden.all(type).size())
                                .mapToObj(number -> Golden.fileName(type, number)))
                        .toList());
    }

    @ParameterizedTest
    @MethodSource("io.holdfast.events.contract.Golden#all()")
    void a_golden_event_is_read_and_said_again_as_it_was(Golden golden) {
        assertThat(codec.decode(golden.wire())).isInstanceOfSatisfying(Known.class, known -> {
            assertThat(known.type()).isEqualTo(golden.type());
            WireEvent again = codec.encode(known.event());
            assertThat(again.topic()).isEqualTo(golden.topic());
            assertThat(again.key()).isEqualTo(golden.key());
            assertThat(again.headers()).isEqualTo(golden.headers());
            assertThat(tree(again.data())).isEqualTo(tree(golden.wire().data()));
        });
    }

    @ParameterizedTest
    @EnumSource
    void golden_events_are_valid_by_their_schema_and_together_show_every_field(EventType type) throws IOException {
        JsonNode schema = schema(type);

        Set<String> shown = new HashSet<>();
        for (Golden golden : Golden.all(type)) {
            assertThat(validator(schema).validate(golden.data()))
                    .as("%s", golden)
                    .isEmpty();
            golden.data().fieldNames().forEachRemaining(shown::add);
        }
        assertThat(shown)
                .containsExactlyInAnyOrderElementsOf(
                        () -> schema.path("properties").fieldNames());
    }

    @ParameterizedTest
    @MethodSource("io.holdfast.events.contract.Golden#all()")
    void an_event_without_its_optional_fields_is_read_and_valid(Golden golden) throws IOException {
        JsonNode schema = schema(golden.type());
        JsonNode least = withoutOptional(golden.data(), schema);

        assertThat(codec.decode(golden.wire(least)))
                .isInstanceOfSatisfying(
                        Known.class,
                        known -> assertThat(tree(codec.encode(known.event()).data()))
                                .isEqualTo(tree(golden.wire(least).data())));
        assertThat(validator(schema).validate(least)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("io.holdfast.events.contract.Golden#all()")
    void an_event_without_a_required_field_is_malformed_and_invalid(Golden golden) throws IOException {
        JsonNode schema = schema(golden.type());

        for (JsonNode field : schema.path("required")) {
            ObjectNode lacking = golden.data().deepCopy();
            lacking.remove(field.textValue());
            assertThat(codec.decode(golden.wire(lacking)))
                    .as("%s without %s", golden, field)
                    .isInstanceOf(Malformed.class);
            assertThat(validator(schema).validate(lacking)).isNotEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("io.holdfast.events.contract.Golden#all()")
    void fields_that_a_newer_version_added_are_ignored(Golden golden) throws IOException {
        ObjectNode newer = golden.data().deepCopy();
        newer.putObject("added_later").put("x", 1);

        assertThat(codec.decode(golden.wire(newer))).isEqualTo(codec.decode(golden.wire()));
        assertThat(validator(schema(golden.type())).validate(newer)).isEmpty();
    }

    private static JsonNode withoutOptional(JsonNode value, JsonNode schema) {
        if (value.isArray()) {
            var elements = Golden.JSON.createArrayNode();
            value.forEach(element -> elements.add(withoutOptional(element, schema.path("items"))));
            return elements;
        }
        JsonNode fields = fieldsOf(value, schema);
        if (!value.isObject() || fields.isMissingNode()) {
            return value;
        }
        ObjectNode least = Golden.JSON.createObjectNode();
        fields.path("required").forEach(required -> {
            String name = required.textValue();
            least.set(
                    name,
                    withoutOptional(value.path(name), fields.path("properties").path(name)));
        });
        return least;
    }

    // One of several shapes is told by its constant "type".
    private static JsonNode fieldsOf(JsonNode value, JsonNode schema) {
        Iterator<JsonNode> shapes = schema.path("anyOf").elements();
        while (shapes.hasNext()) {
            JsonNode shape = shapes.next();
            if (shape.at("/properties/type/const").equals(value.path("type"))) {
                return shape;
            }
        }
        return schema.has("properties") ? schema : schema.path("properties");
    }

    private static JsonNode schema(EventType type) throws IOException {
        return tree(Files.readAllBytes(ContractDocuments.FOLDER.resolve("schemas/" + type.wireName() + ".json")));
    }

    private static JsonSchema validator(JsonNode schema) {
        return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                .getSchema(
                        schema,
                        SchemaValidatorsConfig.builder()
                                .formatAssertionsEnabled(true)
                                .build());
    }

    private static JsonNode tree(byte[] json) {
        try {
            return Golden.JSON.readTree(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Path> filesBelow(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile).toList();
        }
    }
}
