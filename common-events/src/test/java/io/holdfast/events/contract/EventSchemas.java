package io.holdfast.events.contract;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.victools.jsonschema.generator.CustomDefinition;
import com.github.victools.jsonschema.generator.CustomDefinition.AttributeInclusion;
import com.github.victools.jsonschema.generator.FieldScope;
import com.github.victools.jsonschema.generator.MemberScope;
import com.github.victools.jsonschema.generator.Option;
import com.github.victools.jsonschema.generator.OptionPreset;
import com.github.victools.jsonschema.generator.SchemaGenerator;
import com.github.victools.jsonschema.generator.SchemaGeneratorConfigBuilder;
import com.github.victools.jsonschema.generator.SchemaVersion;
import com.github.victools.jsonschema.module.jackson.JacksonModule;
import com.github.victools.jsonschema.module.jackson.JacksonOption;
import io.holdfast.events.BackupId;
import io.holdfast.events.DrillId;
import io.holdfast.events.EventData;
import io.holdfast.events.EventId;
import io.holdfast.events.EventType;
import io.holdfast.events.FailureCategory;
import io.holdfast.events.RepositoryId;
import io.holdfast.events.RestoreId;
import io.holdfast.events.SiteName;
import io.holdfast.events.TargetId;
import io.holdfast.events.alert.AlertKey;
import io.holdfast.events.alert.AlertKind;
import io.holdfast.events.request.RecoveryTimeline;
import io.holdfast.events.wire.EventCodec;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** JSON Schema of each event's data, made from its record. A field is required unless it is {@link Nullable}. */
final class EventSchemas {

    private static final SnakeCaseStrategy SNAKE_CASE = new SnakeCaseStrategy();

    private static final Map<Class<?>, Consumer<ObjectNode>> TEXTS = texts();

    private final SchemaGenerator generator;

    EventSchemas() {
        SchemaGeneratorConfigBuilder builder = new SchemaGeneratorConfigBuilder(
                        EventCodec.newJsonMapper(), SchemaVersion.DRAFT_2020_12, OptionPreset.PLAIN_JSON)
                .with(Option.INLINE_ALL_SCHEMAS, Option.MAP_VALUES_AS_ADDITIONAL_PROPERTIES)
                .without(Option.SCHEMA_VERSION_INDICATOR);
        builder.forTypesInGeneral()
                .withPropertySorter(Comparator.comparing(MemberScope::isStatic)) // no field is: as declared
                .withDescriptionResolver(scope ->
                        EventData.class.isAssignableFrom(scope.getType().getErasedType())
                                ? RecordDocumentation.of(scope.getType().getErasedType())
                                        .orElse(null)
                                : null)
                .withCustomDefinitionProvider((type, context) -> {
                    Consumer<ObjectNode> details = TEXTS.get(type.getErasedType());
                    if (details == null) {
                        return null;
                    }
                    ObjectNode text = context.getGeneratorConfig().createObjectNode();
                    text.put("type", "string");
                    details.accept(text);
                    return new CustomDefinition(text, CustomDefinition.DefinitionType.INLINE, AttributeInclusion.NO);
                });
        // After the own definitions, for the first that answers wins.
        builder.with(new JacksonModule(JacksonOption.FLATTENED_ENUMS_FROM_JSONVALUE));
        builder.forFields()
                .withPropertyNameOverrideResolver(field -> SNAKE_CASE.translate(field.getDeclaredName()))
                .withRequiredCheck(field -> !isNullable(field))
                .withDescriptionResolver(field -> field.isFakeContainerItemScope()
                        ? null
                        : RecordDocumentation.of(field.getRawMember().getDeclaringClass(), field.getDeclaredName())
                                .orElse(null));
        generator = new SchemaGenerator(builder.build());
    }

    private static Map<Class<?>, Consumer<ObjectNode>> texts() {
        Map<Class<?>, Consumer<ObjectNode>> texts = new HashMap<>();
        texts.put(EventId.class, text -> text.put("minLength", 1).put("maxLength", 200));
        texts.put(BackupId.class, text -> text.put("format", "uuid"));
        texts.put(RestoreId.class, text -> text.put("format", "uuid"));
        texts.put(DrillId.class, text -> text.put("format", "uuid"));
        texts.put(TargetId.class, EventSchemas::name);
        texts.put(RepositoryId.class, EventSchemas::name);
        texts.put(SiteName.class, EventSchemas::name);
        texts.put(AlertKey.class, text -> text.put("pattern", "^[a-z0-9][a-z0-9._:/-]{0,199}$"));
        texts.put(AlertKind.class, text -> text.put("pattern", "^[a-z][a-z0-9_]{0,62}$"));
        texts.put(RecoveryTimeline.class, text -> text.put("pattern", "^(latest|current|[1-9][0-9]{0,8})$"));
        texts.put(Instant.class, text -> text.put("format", "date-time"));
        // Not an enumeration: a newer version may know more, and readers take those as "internal".
        texts.put(
                FailureCategory.class,
                text -> text.put(
                        "description",
                        "what sort of failure: one of " + allCategories()
                                + "; take one that you do not know as internal"));
        return Map.copyOf(texts);
    }

    /** The schema of one type's data, without the keywords that only a document of its own has. */
    ObjectNode of(EventType type) {
        return generator.generateSchema(type.record());
    }

    private static boolean isNullable(FieldScope field) {
        return field.getRawMember().getAnnotatedType().isAnnotationPresent(Nullable.class);
    }

    private static void name(ObjectNode text) {
        text.put("pattern", "^[a-z0-9](?!.*\\.\\.)[a-z0-9._-]{0,62}$");
    }

    private static String allCategories() {
        return Arrays.stream(FailureCategory.values())
                .map(FailureCategory::wireName)
                .collect(Collectors.joining(", "));
    }
}
