package io.holdfast.events;

/**
 * Why something failed, for the person who has to mend it.
 *
 * @param category what sort of failure
 * @param message  what happened and where, in one line, without secrets
 * @param hint     what to do about it
 */
public record Failure(FailureCategory category, String message, String hint) {}
