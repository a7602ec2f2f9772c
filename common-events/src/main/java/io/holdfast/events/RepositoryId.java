package io.holdfast.events;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * The name of a repository, such as {@code main}. Lower-case letters, digits, {@code .}, {@code _} and {@code -}, at most 63 of them,
 * beginning with a letter or digit: safe as a Kafka key, a folder and a metric label.
 */
public record RepositoryId(@JsonValue String value) {

    @JsonCreator
    public RepositoryId {
        Names.check("repository", value);
    }

    @Override
    public String toString() {
        return value;
    }
}
