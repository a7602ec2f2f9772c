package io.holdfast.backup.stream;

import io.holdfast.repository.Place;
import io.holdfast.repository.Repository;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.TargetName;
import java.util.List;

/** Hands samples of time and position to the repository's index. */
final class TimeIndex {
    private TimeIndex() {}

    static void add(Repository repository, TargetName target, Place place, int timeline, List<Samples.Sample> samples)
            throws RepositoryException {}
}
