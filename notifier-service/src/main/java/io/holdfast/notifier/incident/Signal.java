package io.holdfast.notifier.incident;

/** What an event means for a matter. */
public sealed interface Signal {

    Matter matter();

    /** What is told, if it is worth telling. */
    Notice notice();

    /** It does not work. */
    record Trouble(Matter matter, Notice notice) implements Signal {}

    /** It works. */
    record Success(Matter matter, Notice notice) implements Signal {}
}
