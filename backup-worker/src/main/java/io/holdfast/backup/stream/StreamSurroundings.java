package io.holdfast.backup.stream;

import io.holdfast.backup.source.SourceCluster;
import io.holdfast.events.EventIds;
import io.holdfast.events.RepositoryId;
import io.holdfast.events.definition.PostgresServer;
import io.holdfast.events.definition.RepositoryDefined;
import io.holdfast.repository.Repository;
import io.holdfast.repository.RepositoryException;
import io.holdfast.runtime.work.WorkFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/**
 * What all streams of a worker share.
 *
 * @param workDirectory where each stream has a folder while it runs
 * @param uploads runs what stores complete segments in a repository
 */
record StreamSurroundings(
        Servers servers,
        Repositories repositories,
        Observer observer,
        StreamConfig config,
        Path workDirectory,
        Function<RepositoryId, Executor> uploads,
        EventIds ids,
        InstantSource clock,
        RandomGenerator random) {

    /** Resolves how the servers of a cluster are reached. */
    @FunctionalInterface
    interface Servers {
        /**
         * Resolves.
         *
         * @param folder where certificates are written that come from the environment
         * @throws io.holdfast.runtime.secrets.SecretException if a reference leads nowhere
         */
        SourceCluster of(PostgresServer defined, WorkFolder folder) throws IOException;
    }

    /** Opens repositories; the first makes them. */
    @FunctionalInterface
    interface Repositories {
        Repository open(RepositoryDefined defined) throws RepositoryException, InterruptedException;
    }

    /** Hears at least every few seconds how far server and repository are; cheap, from any thread. */
    @FunctionalInterface
    interface Observer {
        void observed(StreamedTarget streamed, StreamState state);
    }
}
