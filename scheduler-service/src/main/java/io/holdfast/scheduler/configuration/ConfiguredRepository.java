package io.holdfast.scheduler.configuration;

import io.holdfast.events.RepositoryId;

/**
 * A repository as configured.
 *
 * @param url where it is, {@code file:///srv/holdfast}
 */
public record ConfiguredRepository(RepositoryId id, String url) {}
