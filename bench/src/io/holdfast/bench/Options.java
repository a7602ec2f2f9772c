package io.holdfast.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The words of a command line: {@code --name value}, and {@code --json}. */
final class Options {
    private final Map<String, String> values = new HashMap<>();
    private boolean json;

    /**
     * Reads them.
     *
     * @param known which there are, without {@code --}
     * @throws IllegalArgumentException if others are there, or one lacks its value
     */
    static Options parse(String[] words, Set<String> known) {
        Options options = new Options();
        for (int i = 0; i < words.length; i++) {
            if (words[i].equals("--json")) {
                options.json = true;
                continue;
            }
            String name = words[i].startsWith("--") ? words[i].substring(2) : "";
            if (!known.contains(name) || i + 1 == words.length) {
                throw new IllegalArgumentException(words[i] + " is unknown or lacks its value");
            }
            options.values.put(name, words[++i]);
        }
        return options;
    }

    boolean json() {
        return json;
    }

    double number(String name, double otherwise) {
        double number = Double.parseDouble(values.getOrDefault(name, Double.toString(otherwise)));
        if (number <= 0) {
            throw new IllegalArgumentException("--" + name + " must be positive");
        }
        return number;
    }

    List<Double> numbers(String name, String otherwise) {
        List<Double> numbers = new ArrayList<>();
        for (String each : values.getOrDefault(name, otherwise).split(",")) {
            numbers.add(Double.parseDouble(each));
        }
        return numbers;
    }

    /** The folder that is worked in; what is kept from run to run lies there. */
    Path work() {
        String folder = values.get("work");
        return folder == null
                ? Path.of(System.getProperty("java.io.tmpdir"), "holdfast-bench")
                : Path.of(folder).toAbsolutePath();
    }
}
