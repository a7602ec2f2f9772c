package io.holdfast.backup.archive;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.events.RepositoryId;
import io.holdfast.events.TargetId;
import io.holdfast.events.definition.RepositoryDefined;
import io.holdfast.repository.Repository;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.TargetName;
import io.holdfast.repository.store.FileObjectStore;
import io.holdfast.repository.store.ObjectKey;
import io.holdfast.repository.store.ObjectStore;
import io.holdfast.repository.store.ObjectUpload;
import io.holdfast.repository.store.PutOutcome;
import io.holdfast.repository.store.StoredObject;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Repositories that files go through: opened when needed, closed when nobody uses them any more. */
@Timeout(60)
class OpenLogsTest {
    private static final TargetId ORDERS = new TargetId("orders");
    private static final TargetId CUSTOMERS = new TargetId("customers");

    private final Path folder;
    private final List<String> events = new CopyOnWriteArrayList<>();
    private final CountDownLatch answers = new CountDownLatch(1);
    private final OpenLogs logs = new OpenLogs(new Opening());

    OpenLogsTest(@TempDir Path folder) {
        this.folder = folder;
    }

    private static RepositoryDefined defined(String name, int revision) {
        return new RepositoryDefined(new RepositoryId(name), revision, "file:///nowhere");
    }

    /** One that is called so does not answer until it is let to. */
    private final class Opening implements OpenLogs.Opening {
        @Override
        public Repository repository(RepositoryDefined defined) throws RepositoryException, InterruptedException {
            String name = defined.repository() + "/" + defined.revision();
            if (defined.repository().value().equals("hanging")) {
                answers.await();
            }
            events.add("opened " + name);
            return Repository.openOrInitialise(
                    new ClosingStore(FileObjectStore.at(folder), () -> events.add("closed " + name)), new UUID(7, 7));
        }

        @Override
        public ArchivedLog log(TargetId target, Repository repository) {
            return new ArchivedLog(repository, new TargetName(target.value()), folder);
        }
    }

    @Test
    void a_repository_stays_open_for_the_next_file() throws Exception {
        try (OpenLogs.Use first = logs.use(ORDERS, defined("main", 1))) {
            try (OpenLogs.Use second = logs.use(ORDERS, defined("main", 1))) {
                assertThat(second.log()).isSameAs(first.log());
            }
        }
        assertThat(events).containsExactly("opened main/1");

        logs.close();

        assertThat(events).containsExactly("opened main/1", "closed main/1");
    }

    @Test
    void one_that_failed_is_closed_once_the_last_file_is_through_and_opened_anew_for_the_next() throws Exception {
        OpenLogs.Use other = logs.use(ORDERS, defined("main", 1));
        try (OpenLogs.Use failing = logs.use(ORDERS, defined("main", 1))) {
            failing.failed();
        }
        assertThat(events).containsExactly("opened main/1");

        try (OpenLogs.Use next = logs.use(ORDERS, defined("main", 1))) {
            assertThat(next.log()).isNotSameAs(other.log());
            other.failed();
            other.close();
        }

        assertThat(events).containsExactly("opened main/1", "opened main/1", "closed main/1");
        logs.use(ORDERS, defined("main", 1)).close();
        assertThat(events).hasSize(3);
    }

    @Test
    void one_that_is_defined_otherwise_is_replaced_and_closed() throws Exception {
        logs.use(ORDERS, defined("main", 1)).close();

        logs.use(ORDERS, defined("main", 2)).close();

        assertThat(events).containsExactly("opened main/1", "closed main/1", "opened main/2");
    }

    @Test
    void one_that_does_not_answer_holds_up_nobody_else() throws Exception {
        try (ExecutorService threads = Executors.newCachedThreadPool()) {
            Future<?> hanging = threads.submit(() -> {
                logs.use(CUSTOMERS, defined("hanging", 1)).close();
                return null;
            });

            logs.use(ORDERS, defined("main", 1)).close();

            assertThat(events).containsExactly("opened main/1");
            assertThat(hanging.isDone()).isFalse();
            answers.countDown();
            hanging.get(30, TimeUnit.SECONDS);
        }
    }

    @Test
    void a_repository_whose_places_are_all_taken_leaves_others_theirs() throws Exception {
        Places places = new Places(2);
        RepositoryId hanging = new RepositoryId("hanging");
        assertThat(places.enter(hanging, Duration.ZERO)).isTrue();
        assertThat(places.enter(hanging, Duration.ZERO)).isTrue();

        assertThat(places.enter(hanging, Duration.ofMillis(10))).isFalse();
        assertThat(places.enter(new RepositoryId("main"), Duration.ZERO)).isTrue();
        places.leave(hanging);
        assertThat(places.enter(hanging, Duration.ZERO)).isTrue();
    }

    /** A store that says when it is closed. */
    private record ClosingStore(ObjectStore store, Runnable closed) implements ObjectStore {
        @Override
        public PutOutcome putIfAbsent(ObjectKey key, byte[] content) throws RepositoryException {
            return store.putIfAbsent(key, content);
        }

        @Override
        public ObjectUpload upload(ObjectKey key) throws RepositoryException {
            return store.upload(key);
        }

        @Override
        public InputStream open(ObjectKey key) throws RepositoryException {
            return store.open(key);
        }

        @Override
        public InputStream open(ObjectKey key, long offset, long length) throws RepositoryException {
            return store.open(key, offset, length);
        }

        @Override
        public Optional<StoredObject> head(ObjectKey key) throws RepositoryException {
            return store.head(key);
        }

        @Override
        public Listing list(String prefix, Optional<ObjectKey> startAfter) throws RepositoryException {
            return store.list(prefix, startAfter);
        }

        @Override
        public void extendLock(ObjectKey key) throws RepositoryException {
            store.extendLock(key);
        }

        @Override
        public String describe() {
            return store.describe();
        }

        @Override
        public void close() throws RepositoryException {
            closed.run();
            store.close();
        }
    }
}
