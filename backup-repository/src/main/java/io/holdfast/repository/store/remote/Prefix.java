package io.holdfast.repository.store.remote;

import io.holdfast.repository.store.ObjectKey;
import java.util.Optional;

/**
 * What all names of a repository begin with in a bucket or container that holds other things as well.
 *
 * @param value without a slash at its end; empty for none
 */
public record Prefix(String value) {
    /** What comes behind the prefix, with it. */
    public String name(String rest) {
        return value.isEmpty() ? rest : value + "/" + rest;
    }

    /** The key of a name that begins with the prefix; empty if it is not one of this format's. */
    public Optional<ObjectKey> key(String name) {
        try {
            return Optional.of(new ObjectKey(name.substring(name("").length())));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
