package io.holdfast.restore.request;

import static org.awaitility.Awaitility.await;

import io.holdfast.events.BackupId;
import io.holdfast.events.BackupKind;
import io.holdfast.events.Event;
import io.holdfast.events.EventData;
import io.holdfast.events.EventId;
import io.holdfast.events.RepositoryId;
import io.holdfast.events.RestoreId;
import io.holdfast.events.SiteName;
import io.holdfast.events.TargetId;
import io.holdfast.events.Topic;
import io.holdfast.events.definition.RepositoryDefined;
import io.holdfast.events.progress.JobProgressed;
import io.holdfast.events.request.CancellationRequested;
import io.holdfast.events.request.RestoreDestination;
import io.holdfast.events.request.RestoreRequested;
import io.holdfast.events.request.SqlCheck;
import io.holdfast.events.signing.EventSigner;
import io.holdfast.events.wire.Decoded;
import io.holdfast.events.wire.EventCodec;
import io.holdfast.events.wire.WireEvent;
import io.holdfast.repository.Repository;
import io.holdfast.repository.store.StoreAccess;
import io.holdfast.repository.store.StoreAddress;
import io.holdfast.restore.SourceCluster;
import io.holdfast.runtime.jobs.Jobs;
import io.holdfast.testing.KafkaBroker;
import io.holdfast.testing.PostgresServer;
import io.holdfast.testing.Surrounding;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.function.Predicate;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;

/**
 * A restore-worker between a broker and a repository, with a backup of a small cluster in it. What is sent is signed as the
 * control plane signs.
 */
// The test resource sets the fields.
@SuppressWarnings("NullAway.Init")
abstract class RestoreWorkerTest {
    static final TargetId ORDERS = new TargetId("orders");

    static final RepositoryId MAIN = new RepositoryId("main");

    static final BackupId BACKUP = BackupId.of("00000000-0000-7000-8000-0000000000b1");

    static final SqlCheck ALL_THERE = new SqlCheck("all there", null, "select count(*) from item", "100");

    @Surrounding
    KafkaBroker broker;

    @Surrounding
    EventSigner controlPlane;

    @Inject
    EventCodec codec;

    @Inject
    Jobs jobs;

    @ConfigProperty(name = RestoreFolder.SETTING)
    Path folder;

    @BeforeEach
    void a_backup_in_a_defined_repository() throws SQLException, IOException {
        Path allowed = folder.resolve("allowed");
        if (Files.exists(allowed)) {
            return;
        }
        Path store = Files.createDirectories(folder.resolve("repository"));
        Path work = Files.createDirectories(folder.resolve("source-work"));
        Files.createDirectories(allowed);
        Files.writeString(folder.resolve("passphrase"), "a passphrase");
        try (Repository repository = Repository.openOrInitialise(
                        StoreAddress.parse("file://" + store).connect(StoreAccess.NONE), new UUID(1, 2));
                PostgresServer server = PostgresServer.of(17).start()) {
            server.execute("postgres", "create table item as select generate_series(1, 100) as id");
            SourceCluster.backUp(
                    server, repository, new io.holdfast.repository.BackupId(BACKUP.toString()), work, connection -> {});
        }
        broker.send(signed(EventId.derived("definition"), new RepositoryDefined(MAIN, 1, "file://" + store)));
    }

    void hook(String name, String script) throws IOException {
        Path hook = Files.createDirectories(folder.resolve("hooks")).resolve(name);
        Files.writeString(hook, "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(hook, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    void submit(SiteName site, Event<EventData> request) {
        QuarkusTransaction.requiringNew()
                .run(() -> jobs.submit(RestoreJobs.kindAt(site), request, "test " + request.id()));
    }

    static Predicate<io.holdfast.events.restore.RestoreEvent> is(EventId request) {
        return event -> RestoreId.of(request).equals(event.restoreId());
    }

    <E extends EventData> E awaitEvent(Class<E> type, Predicate<? super E> wanted) {
        return await().atMost(Duration.ofSeconds(60))
                .until(() -> events(type).filter(wanted).findFirst().orElse(null), found -> found != null);
    }

    <E extends EventData> java.util.stream.Stream<E> events(Class<E> type) {
        return decoded(Topic.EVENTS, type);
    }

    java.util.stream.Stream<JobProgressed> progress() {
        return decoded(Topic.PROGRESS, JobProgressed.class);
    }

    <E extends EventData> java.util.stream.Stream<E> decoded(Topic topic, Class<E> type) {
        return broker.records(topic.topicName()).stream()
                .map(codec::decode)
                .filter(Decoded.Known.class::isInstance)
                .map(known -> ((Decoded.Known) known).event().data())
                .filter(type::isInstance)
                .map(type::cast);
    }

    RestoreRequested request(Path into, String site, @Nullable SqlCheck check) {
        return new RestoreRequested(
                ORDERS,
                BACKUP,
                BackupKind.FULL,
                MAIN,
                "orders/manifest",
                new SiteName(site),
                new RestoreDestination.Directory(into.toString(), false, null, null, null),
                check == null ? List.of() : List.of(check),
                false,
                "test",
                "ops");
    }

    WireEvent signed(EventId id, EventData data) {
        WireEvent wire = data instanceof CancellationRequested
                ? codec.encode(first(id, data), Topic.RESTORE_REQUESTS)
                : codec.encode(first(id, data));
        return controlPlane.sign(wire, Duration.ofHours(1));
    }

    static Event<EventData> first(EventId id, EventData data) {
        return Event.first(id, "/test/1", Instant.parse("2026-11-20T12:00:00Z"), data);
    }
}
