package io.holdfast.scheduler.configuration;

import io.holdfast.events.RepositoryId;
import io.holdfast.events.TargetId;
import io.holdfast.events.definition.NotificationsDefined;
import io.holdfast.events.definition.RepositoryDefined;
import io.holdfast.events.definition.RetentionRules;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/** From YAML to a configuration, or to everything that is wrong with it. */
final class ConfigurationReader {

    private static final int MOST_CHARACTERS = 1024 * 1024;
    private static final List<String> KEYS = List.of("repositories", "targets", "notifications");

    private final Problems problems = new Problems();
    private final Map<RepositoryId, RetentionRules> retention = new LinkedHashMap<>();

    private ConfigurationReader() {}

    static ParsedConfiguration read(String text) {
        ConfigurationReader reader = new ConfigurationReader();
        Configuration configuration = reader.configuration(text);
        return configuration == null || reader.problems.any()
                ? new ParsedConfiguration.Refused(reader.problems.inOrder())
                : new ParsedConfiguration.Accepted(configuration, reader.problems.warnings());
    }

    private @Nullable Configuration configuration(String text) {
        Node root = compose(text);
        Section file = root == null ? null : Section.of("", root, problems, KEYS);
        if (file == null) {
            return null;
        }
        Map<RepositoryId, RepositoryDefined> repositories = repositories(file);
        Map<TargetId, ConfiguredTarget> targets = targets(file, repositories);
        return new Configuration(repositories, targets, notifications(file, targets.keySet()));
    }

    private @Nullable Node compose(String text) {
        LoadSettings settings = LoadSettings.builder()
                .setSchema(new CoreSchema())
                .setCodePointLimit(MOST_CHARACTERS)
                .build();
        try {
            Optional<Node> root = new Compose(settings).composeString(text);
            if (root.isEmpty()) {
                // An emptied file must not remove every definition; an empty mapping written on purpose may.
                problems.add(
                        Optional.empty(),
                        "the file is empty",
                        "to define nothing, write `repositories: {}` and `targets: {}`");
            }
            return root.orElse(null);
        } catch (MarkedYamlEngineException e) {
            problems.add(
                    e.getProblemMark().or(e::getContextMark),
                    "not valid YAML: " + Objects.requireNonNullElse(e.getProblem(), "cannot be read"),
                    "look at indentation, quotes and colons here and in the line above");
        } catch (YamlEngineException e) {
            problems.add(Optional.empty(), "not valid YAML: it cannot be read", "save it as UTF-8 text under 1 MiB");
        }
        return null;
    }

    private Map<RepositoryId, RepositoryDefined> repositories(Section file) {
        Map<RepositoryId, RepositoryDefined> found = new LinkedHashMap<>();
        Section section = file.requiredNames("repositories", "write `repositories: { main: { url: \"file:///…\" } }`");
        if (section != null) {
            section.values().forEach((name, node) -> {
                RepositoryId id = name(section, name, RepositoryId::new);
                if (name.equals(Configuration.EVERY_REPOSITORY)) {
                    problems.add(
                            section.keyOf(name),
                            "no repository can be called `" + name + "`, which stands for every one of a target",
                            "give it another name");
                }
                Section repository = Section.of(section.path(name), node, problems, RepositoryReader.KEYS);
                RepositoryDefined read =
                        id == null || repository == null ? null : RepositoryReader.read(id, repository);
                Section promised = repository == null ? null : repository.section("retention", RetentionReader.KEYS);
                if (id != null && promised != null) {
                    retention.put(id, RetentionReader.read(id, promised));
                }
                // Known even when its details are wrong, so that a target that names it is not blamed as well.
                if (id != null) {
                    found.put(id, read == null ? new RepositoryDefined(id, 0, "") : read);
                }
            });
        }
        return found;
    }

    private Map<TargetId, ConfiguredTarget> targets(Section file, Map<RepositoryId, RepositoryDefined> repositories) {
        Map<TargetId, ConfiguredTarget> found = new LinkedHashMap<>();
        Section section =
                file.requiredNames("targets", "write `targets: { orders: { postgres: …, repository: main } }`");
        if (section != null) {
            section.values().forEach((name, node) -> {
                TargetId id = name(section, name, TargetId::new);
                Section target = Section.of(section.path(name), node, problems, TargetReader.KEYS);
                ConfiguredTarget read =
                        target == null ? null : TargetReader.read(id, target, repositories.keySet(), retention);
                if (id != null && read != null) {
                    found.put(id, read);
                }
            });
        }
        return found;
    }

    private static @Nullable NotificationsDefined notifications(Section file, Set<TargetId> targets) {
        Section notifications = file.section("notifications", NotificationsReader.KEYS);
        return notifications == null ? null : NotificationsReader.read(notifications, targets);
    }

    private <T> @Nullable T name(Section section, String name, Function<String, T> constructor) {
        try {
            return constructor.apply(name);
        } catch (IllegalArgumentException e) {
            problems.add(
                    section.keyOf(name),
                    "`" + Section.shortened(name) + "` cannot be a name",
                    "use 1 to 63 lower-case letters, digits, '.', '_' or '-', beginning with a letter or digit");
            return null;
        }
    }
}
