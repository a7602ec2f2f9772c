package io.holdfast.events.definition;

import io.holdfast.events.RepositoryId;

/**
 * A repository: where backups lie.
 *
 * @param url where it is, {@code file:///srv/holdfast}
 */
public record RepositoryDefined(RepositoryId repository, long revision, String url) implements Definition {

    @Override
    public String subject() {
        return subjectOf(repository);
    }

    public static String subjectOf(RepositoryId repository) {
        return "repository/" + repository;
    }
}
