package io.holdfast.verifier.retention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.events.BackupId;
import io.holdfast.events.Event;
import io.holdfast.events.EventData;
import io.holdfast.events.EventId;
import io.holdfast.events.Topic;
import io.holdfast.events.request.RetentionRequested;
import io.holdfast.events.retention.BackupDeleted;
import io.holdfast.events.retention.BackupExpired;
import io.holdfast.events.retention.BackupKept;
import io.holdfast.events.retention.RetentionEvent;
import io.holdfast.events.wire.Decoded;
import io.holdfast.events.wire.EventCodec;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.retention.Generation;
import io.holdfast.repository.retention.RetentionPolicy;
import io.holdfast.repository.store.DeletableStore;
import io.holdfast.repository.store.FileObjectStore;
import io.holdfast.repository.store.ObjectKey;
import io.holdfast.repository.store.ObjectStore;
import io.holdfast.runtime.jobs.JobRun;
import io.holdfast.testing.KafkaBroker;
import io.holdfast.testing.Surrounding;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The role dies before each of its deletions in turn. What the next run finds is what the disk and the database have. */
@QuarkusTest
@TestProfile(RoleProfile.class)
class KilledRunTest {

    private static final RetentionPolicy ONE_DAY = new RetentionPolicy(
            ZoneOffset.UTC,
            Map.of(Generation.DAILY, 1),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            RetentionPolicy.Limits.DEFAULTS);

    private final EventCodec codec = new EventCodec();

    @Surrounding
    KafkaBroker broker;

    @Inject
    Proofs proofs;

    @Inject
    RetentionTable table;

    @Inject
    Expiries expiries;

    @TempDir
    Path folder;

    @TempDir
    Path work;

    /** As the process ends: nothing behind it is done. */
    private static final class Killed extends Error {
        private static final long serialVersionUID = 1;
    }

    @Test
    void a_run_that_is_killed_anywhere_is_finished_by_the_next_and_nothing_is_said_twice() throws Exception {
        List<Killing> killings = new ArrayList<>();
        boolean killed = true;
        while (killed) {
            int deletions = killings.size();
            Path place = folder.resolve("r" + deletions);
            KeptBackups backups = new KeptBackups(place, work, proofs);
            BackupId oldest = backups.verified(6);
            BackupId older = backups.verified(5);
            BackupId last = backups.verified(2);

            killed = isKilled(backups, place, deletions);
            assertThat(isKilled(backups, place, Integer.MAX_VALUE)).isFalse();
            assertThat(isKilled(backups, place, Integer.MAX_VALUE)).isFalse();

            assertThat(backups.listed()).as("killed at deletion %d", deletions).containsExactly(last);
            assertThat(objects(backups, oldest)).containsExactly("tombstones");
            killings.add(new Killing(backups, oldest, older));
        }

        assertThat(killings).hasSizeGreaterThan(6);
        await().atMost(Duration.ofSeconds(30))
                .until(() ->
                        said(killings.getLast().backups(), BackupDeleted.class).size() >= 2);
        List<RetentionEvent> all = events();
        for (Killing each : killings) {
            assertThat(said(all, each.backups(), BackupExpired.class))
                    .as("killed at deletion %d", killings.indexOf(each))
                    .extracting(BackupExpired::backupId)
                    .containsExactly(each.oldest(), each.older());
            assertThat(said(all, each.backups(), BackupDeleted.class))
                    .as("killed at deletion %d", killings.indexOf(each))
                    .extracting(BackupDeleted::backupId)
                    .containsExactlyInAnyOrder(each.oldest(), each.older());
        }
    }

    private record Killing(KeptBackups backups, BackupId oldest, BackupId older) {}

    @Test
    void what_had_expired_when_the_run_was_killed_stays_after_all_if_the_policy_says_so_then() throws Exception {
        KeptBackups backups = new KeptBackups(folder, work, proofs);
        BackupId old = backups.verified(5);
        BackupId last = backups.verified(2);

        assertThat(isKilled(backups, folder, 0)).isTrue();
        assertThat(backups.listed()).containsExactly(last);
        run(backups, FileObjectStore.at(folder), RetentionPolicy.EVERYTHING);

        assertThat(backups.listed()).containsExactlyInAnyOrder(old, last);
        await().atMost(Duration.ofSeconds(30))
                .until(() -> !said(backups, BackupKept.class).isEmpty());
        assertThat(said(backups, BackupExpired.class))
                .extracting(BackupExpired::backupId)
                .containsExactly(old);
        assertThat(said(backups, BackupKept.class))
                .extracting(BackupKept::backupId)
                .containsExactly(old);
        assertThat(said(backups, BackupDeleted.class)).isEmpty();
    }

    private void run(KeptBackups backups, DeletableStore deletable, RetentionPolicy policy) throws Exception {
        new RetentionRun(backups.scope, backups.repository, policy, table, expiries, Clock.systemUTC())
                .act(new OneRun(backups.scope), proofs.of(backups.scope), deletable, Duration.ofDays(1));
    }

    private boolean isKilled(KeptBackups backups, Path place, int deletions) throws Exception {
        FileObjectStore real = FileObjectStore.at(place);
        DeletableStore mortal = new DeletableStore() {
            private int left = deletions;

            @Override
            public boolean delete(ObjectKey key) throws RepositoryException {
                if (left-- == 0) {
                    throw new Killed();
                }
                return real.delete(key);
            }

            @Override
            public void close() {}
        };
        try {
            run(backups, mortal, ONE_DAY);
            return false;
        } catch (Killed e) {
            return true;
        }
    }

    private static List<String> objects(KeptBackups backups, BackupId backup) throws Exception {
        List<String> keys = new ArrayList<>();
        ObjectStore.Listing listing =
                backups.repository.store().list(backups.scope.target().value() + "/");
        while (listing.hasNext()) {
            String key = listing.next().key().value();
            if (key.contains(backup.toString())) {
                keys.add(key.split("/", -1)[2]);
            }
        }
        return keys;
    }

    private <D extends RetentionEvent> List<D> said(KeptBackups backups, Class<D> type) {
        return said(events(), backups, type);
    }

    private static <D extends RetentionEvent> List<D> said(
            List<RetentionEvent> events, KeptBackups backups, Class<D> type) {
        return events.stream()
                .filter(event -> event.target().equals(backups.scope.target()))
                .filter(type::isInstance)
                .map(type::cast)
                .toList();
    }

    private List<RetentionEvent> events() {
        return broker.records(Topic.EVENTS.topicName()).stream()
                .map(codec::decode)
                .filter(Decoded.Known.class::isInstance)
                .map(decoded -> ((Decoded.Known) decoded).event().data())
                .filter(RetentionEvent.class::isInstance)
                .map(RetentionEvent.class::cast)
                .toList();
    }

    /** A run that nobody takes over. */
    private static final class OneRun implements JobRun {
        private final Event<RetentionRequested> request;

        private OneRun(Scope scope) {
            request = Event.first(
                    new EventId(UUID.randomUUID().toString()),
                    "/test",
                    Instant.now(),
                    new RetentionRequested(scope.target(), scope.repository(), false, null, null, null));
        }

        @Override
        public Event<?> request() {
            return request;
        }

        @Override
        public int attempt() {
            return 1;
        }

        @Override
        public Instant startedAt() {
            return request.time();
        }

        @Override
        public String worker() {
            return "test";
        }

        @Override
        public boolean isCancelled() {
            return false;
        }

        @Override
        public void throwIfCancelled() {}

        @Override
        public void progress(String phase, long bytesDone, @Nullable Long bytesTotal) {}

        @Override
        public void publishNow(EventData data) {}

        @Override
        public void requireOwnership() {}
    }
}
