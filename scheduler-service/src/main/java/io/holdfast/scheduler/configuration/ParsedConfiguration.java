package io.holdfast.scheduler.configuration;

import java.util.List;

/** What a text turned out to be: a configuration, or everything that is wrong with it. */
public sealed interface ParsedConfiguration {

    /** All is well. */
    record Accepted(Configuration configuration) implements ParsedConfiguration {}

    /**
     * Nothing of it is used.
     *
     * @param problems at least one, in the order of the text
     */
    record Refused(List<ConfigurationProblem> problems) implements ParsedConfiguration {
        public Refused {
            problems = List.copyOf(problems);
        }
    }
}
