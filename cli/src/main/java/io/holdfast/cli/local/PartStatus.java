package io.holdfast.cli.local;

import java.util.OptionalLong;

/**
 * How one part of an instance is.
 *
 * @param pid           its process, if it runs
 * @param ready         whether it can be used
 * @param residentBytes the memory it holds (RSS); zero where it does not run
 */
public record PartStatus(String name, OptionalLong pid, boolean ready, long residentBytes) {}
