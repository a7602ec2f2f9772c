package io.holdfast.scheduler.configuration;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * One mapping of the text. Its getters answer null for what is absent or wrong; what is wrong has then been noted, with
 * its place, so that reading goes on and finds the rest.
 */
final class Section {

    private final String path;
    private final Node node;
    private final Map<String, Node> keys;
    private final Map<String, Node> values;
    private final Problems problems;

    private Section(String path, Node node, Map<String, Node> keys, Map<String, Node> values, Problems problems) {
        this.path = path;
        this.node = node;
        this.keys = keys;
        this.values = values;
        this.problems = problems;
    }

    /** A mapping whose keys are known beforehand. */
    static @Nullable Section of(String path, Node node, Problems problems, List<String> known) {
        Section section = ofNames(path, node, problems);
        if (section != null) {
            section.checkKeys((MappingNode) node, known);
        }
        return section;
    }

    /** A mapping whose keys are names that the operator chose. */
    static @Nullable Section ofNames(String path, Node node, Problems problems) {
        if (!(node instanceof MappingNode mapping)) {
            problems.add(node, label(path) + " has to be a mapping", "write it as `key: value` lines, indented below");
            return null;
        }
        Map<String, Node> keys = new LinkedHashMap<>();
        Map<String, Node> values = new LinkedHashMap<>();
        for (NodeTuple tuple : mapping.getValue()) {
            if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
                problems.add(tuple.getKeyNode(), "a key of " + label(path) + " is not text", "use a plain word as key");
            } else if (keys.putIfAbsent(key.getValue(), key) != null) {
                problems.add(key, "`" + key.getValue() + "` stands twice in " + label(path), "keep one of them");
            } else {
                values.put(key.getValue(), tuple.getValueNode());
            }
        }
        return new Section(path, node, keys, values, problems);
    }

    private void checkKeys(MappingNode mapping, List<String> known) {
        for (NodeTuple tuple : mapping.getValue()) {
            if (tuple.getKeyNode() instanceof ScalarNode key && !known.contains(key.getValue())) {
                String all = "known here: " + String.join(", ", known);
                problems.add(
                        key,
                        "`" + key.getValue() + "` is not known in " + label(path),
                        NearestName.of(key.getValue(), known)
                                .map(nearest -> "did you mean `" + nearest + "`? " + all)
                                .orElse(all));
            }
        }
    }

    Map<String, Node> values() {
        return values;
    }

    Problems problems() {
        return problems;
    }

    String path(String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    /** Where a key's value stands, or the mapping itself when the key is absent. */
    Node where(String key) {
        return values.getOrDefault(key, node);
    }

    /** Where a key itself stands. */
    Node keyOf(String key) {
        return keys.getOrDefault(key, node);
    }

    @Nullable
    Section section(String key, List<String> known) {
        Node value = values.get(key);
        return value == null ? null : of(path(key), value, problems, known);
    }

    /** A list of entries, each with keys of its own. */
    List<Section> sections(String key, List<String> known) {
        List<Section> sections = new ArrayList<>();
        for (Node each : elements(key)) {
            Section section = of(path(key), each, problems, known);
            if (section != null) {
                sections.add(section);
            }
        }
        return sections;
    }

    @Nullable
    Section requiredSection(String key, List<String> known, String hint) {
        return present(key, hint) ? section(key, known) : null;
    }

    @Nullable
    Section requiredNames(String key, String hint) {
        return present(key, hint) ? ofNames(path(key), where(key), problems) : null;
    }

    @Nullable
    String text(String key) {
        Node value = values.get(key);
        return value == null ? null : textOf(path(key), value, problems);
    }

    @Nullable
    String requiredText(String key, String hint) {
        return present(key, hint) ? text(key) : null;
    }

    /** A text that has to be one of a few. */
    String oneOf(String key, List<String> choices, String otherwise) {
        String value = text(key);
        if (value == null) {
            return otherwise;
        }
        if (!choices.contains(value)) {
            String all = "use one of " + String.join(", ", choices);
            problems.add(
                    where(key),
                    path(key) + " does not know `" + shortened(value) + "`",
                    NearestName.of(value, choices)
                            .map(nearest -> "did you mean `" + nearest + "`? " + all)
                            .orElse(all));
            return otherwise;
        }
        return value;
    }

    int integer(String key, int least, int most, int otherwise) {
        Node value = values.get(key);
        if (value == null) {
            return otherwise;
        }
        if (value instanceof ScalarNode scalar && scalar.getTag().equals(Tag.INT)) {
            try {
                int number = Integer.parseInt(scalar.getValue());
                if (number >= least && number <= most) {
                    return number;
                }
            } catch (NumberFormatException e) {
                // Falls through to the same answer as a number out of range: it is too long, or not decimal.
            }
        }
        problems.add(value, path(key) + " is not a number from " + least + " to " + most, "write it without quotes");
        return otherwise;
    }

    boolean flag(String key, boolean otherwise) {
        Node value = values.get(key);
        if (value == null) {
            return otherwise;
        }
        if (value instanceof ScalarNode scalar && scalar.getTag().equals(Tag.BOOL)) {
            return Boolean.parseBoolean(scalar.getValue());
        }
        problems.add(value, path(key) + " is neither true nor false", "write true or false, without quotes");
        return otherwise;
    }

    /** A list of texts; one text alone stands for a list of one. */
    List<String> texts(String key) {
        return texts(key, text -> Optional.empty(), "");
    }

    /** A list of texts, of which each may have a fault. */
    List<String> texts(String key, Function<String, Optional<String>> fault, String hint) {
        List<String> texts = new ArrayList<>();
        for (Node each : elements(key)) {
            String text = textOf(path(key), each, problems);
            if (text != null) {
                texts.add(text);
                fault.apply(text).ifPresent(what -> problems.add(each, path(key) + " " + what, hint));
            }
        }
        return texts;
    }

    /** A list of references to secrets; one alone stands for a list of one. */
    List<String> secretReferences(String key) {
        List<String> references = new ArrayList<>();
        for (Node each : elements(key)) {
            String reference = secretReference(key, each);
            if (reference != null) {
                references.add(reference);
            }
        }
        return references;
    }

    private List<Node> elements(String key) {
        Node value = values.get(key);
        return value instanceof SequenceNode sequence
                ? sequence.getValue()
                : value == null ? List.of() : List.of(value);
    }

    /** Where a text stands in a list, the last time; or the key's value where it is not found. */
    Node element(String key, String text) {
        return elements(key).stream()
                .filter(each ->
                        each instanceof ScalarNode scalar && scalar.getValue().equals(text))
                .reduce((first, second) -> second)
                .orElse(where(key));
    }

    /** A reference to a secret. What stands there instead is never repeated: it may be the secret. */
    @Nullable
    String secretReference(String key) {
        Node value = values.get(key);
        return value == null ? null : secretReference(key, value);
    }

    private @Nullable String secretReference(String key, Node value) {
        if (value instanceof ScalarNode scalar && SecretReferences.valid(scalar.getValue())) {
            return scalar.getValue();
        }
        problems.add(
                value,
                path(key) + " is not a reference to a secret, and secrets do not belong into this file",
                "write \"env:NAME\" for an environment variable of the worker, or \"file:/absolute/path\"");
        return null;
    }

    /** Reads a text by a constructor that refuses with {@link IllegalArgumentException}. */
    <T> @Nullable T read(String key, @Nullable String text, Function<String, T> reader, String hint) {
        if (text == null) {
            return null;
        }
        try {
            return reader.apply(text);
        } catch (IllegalArgumentException e) {
            problems.add(where(key), path(key) + " " + e.getMessage(), hint);
            return null;
        }
    }

    private boolean present(String key, String hint) {
        if (values.containsKey(key)) {
            return true;
        }
        problems.add(node, "`" + key + "` is missing in " + label(path), hint);
        return false;
    }

    private static @Nullable String textOf(String path, Node value, Problems problems) {
        if (value instanceof ScalarNode scalar) {
            if (scalar.getTag().equals(Tag.NULL) || scalar.getValue().isBlank()) {
                problems.add(value, path + " is empty", "give it a value, or leave the key out");
                return null;
            }
            if (scalar.getTag().equals(Tag.STR)) {
                return scalar.getValue();
            }
        }
        problems.add(value, path + " is not text", "put the value in quotes");
        return null;
    }

    static String shortened(String value) {
        return value.length() <= 40 ? value : value.substring(0, 40) + "…";
    }

    private static String label(String path) {
        return path.isEmpty() ? "the file" : path;
    }
}
