package io.holdfast.backup.tool;

import java.time.Duration;

/**
 * How long a child may take.
 *
 * @param silence how long it may write nothing while we wait for it
 * @param total how long it may take in all
 */
public record ToolLimits(Duration silence, Duration total) {}
