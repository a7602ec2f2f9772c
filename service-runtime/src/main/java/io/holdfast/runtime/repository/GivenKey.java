package io.holdfast.runtime.repository;

import io.holdfast.repository.key.RepositoryKeys;
import java.util.Optional;

/**
 * Something that a definition names to restore with.
 *
 * @param name the key of the configuration and the reference, never the secret
 * @param keys what it opens with; empty if it is not to be had on this host
 * @param problem why it is not; empty if it is
 */
public record GivenKey(String name, Optional<RepositoryKeys> keys, String problem) {}
