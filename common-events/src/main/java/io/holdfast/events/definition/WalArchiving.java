package io.holdfast.events.definition;

/**
 * How a target's write-ahead log reaches the repository between base backups.
 *
 * @param stream whether a worker receives it from the server as it is written
 */
public record WalArchiving(boolean stream) {}
