package io.holdfast.scheduler.configuration;

import java.util.List;

/** What a text turned out to be: a configuration, or everything that is wrong with it. */
public sealed interface ParsedConfiguration {

    /**
     * It can be used.
     *
     * @param warnings what should be said aloud all the same, in the order of the text
     */
    record Accepted(Configuration configuration, List<ConfigurationProblem> warnings) implements ParsedConfiguration {
        public Accepted {
            warnings = List.copyOf(warnings);
        }
    }

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
