package io.holdfast.notifier.incident;

import org.jspecify.annotations.Nullable;

/** What an event means for a matter. */
public sealed interface Signal {

    Matter matter();

    /** What is told, if it is worth telling. */
    Notice notice();

    /**
     * It does not work.
     *
     * @param cause what stands behind it, where that is known: then people are told of the cause alone
     */
    record Trouble(Matter matter, Notice notice, @Nullable Trouble cause) implements Signal {

        /** Trouble that stands for itself. */
        public Trouble(Matter matter, Notice notice) {
            this(matter, notice, null);
        }
    }

    /** It works. */
    record Success(Matter matter, Notice notice) implements Signal {}
}
