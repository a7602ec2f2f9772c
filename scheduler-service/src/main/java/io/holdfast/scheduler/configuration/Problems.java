package io.holdfast.scheduler.configuration;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.nodes.Node;

/**
 * Gathers what is wrong while a configuration is read, so that all of it is told at once; and what may be meant so, but
 * should be said aloud. Not thread safe.
 */
final class Problems {

    private final List<ConfigurationProblem> found = new ArrayList<>();
    private final List<ConfigurationProblem> warnings = new ArrayList<>();

    /** Notes what is no mistake, but nobody should find out by accident. */
    void warn(Node where, String what, String hint) {
        warnings.add(problem(where.getStartMark(), what, hint));
    }

    void add(Node where, String what, String hint) {
        add(where.getStartMark(), what, hint);
    }

    void add(Optional<Mark> where, String what, String hint) {
        found.add(problem(where, what, hint));
    }

    private static ConfigurationProblem problem(Optional<Mark> where, String what, String hint) {
        int line = where.map(mark -> mark.getLine() + 1).orElse(1);
        int column = where.map(mark -> mark.getColumn() + 1).orElse(1);
        return new ConfigurationProblem(line, column, what, hint);
    }

    boolean any() {
        return !found.isEmpty();
    }

    List<ConfigurationProblem> inOrder() {
        return inOrder(found);
    }

    List<ConfigurationProblem> warnings() {
        return inOrder(warnings);
    }

    private static List<ConfigurationProblem> inOrder(List<ConfigurationProblem> all) {
        return all.stream()
                .sorted(Comparator.comparingInt(ConfigurationProblem::line)
                        .thenComparingInt(ConfigurationProblem::column))
                .toList();
    }
}
