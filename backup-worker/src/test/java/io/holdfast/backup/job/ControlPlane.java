package io.holdfast.backup.job;

import io.holdfast.events.BackupKind;
import io.holdfast.events.Event;
import io.holdfast.events.EventData;
import io.holdfast.events.EventId;
import io.holdfast.events.RepositoryId;
import io.holdfast.events.TargetId;
import io.holdfast.events.Topic;
import io.holdfast.events.backup.BackupEvent;
import io.holdfast.events.backup.BackupStarted;
import io.holdfast.events.definition.PostgresServer;
import io.holdfast.events.definition.RepositoryDefined;
import io.holdfast.events.definition.TargetDefined;
import io.holdfast.events.definition.WalArchiving;
import io.holdfast.events.request.BackupRequested;
import io.holdfast.events.request.CancellationRequested;
import io.holdfast.events.signing.EventSigner;
import io.holdfast.events.wal.ArchivingEvent;
import io.holdfast.events.wire.Decoded;
import io.holdfast.events.wire.EventCodec;
import io.holdfast.events.wire.WireEvent;
import io.holdfast.testing.KafkaBroker;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** Says what a control plane and those who want backups say, and hears what the worker says. */
public final class ControlPlane {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final EventCodec CODEC = new EventCodec();

    private final KafkaBroker broker;
    private final EventSigner signer;

    public ControlPlane(KafkaBroker broker, EventSigner signer) {
        this.broker = broker;
        this.signer = signer;
    }

    /** Defines a target of a name of its own, whose backups go to a folder. */
    TargetId define(PostgresServer server, Path repository) {
        TargetId target = new TargetId("t-" + UUID.randomUUID());
        define(target, server, repository);
        return target;
    }

    void define(TargetId target, PostgresServer server, Path repository) {
        RepositoryId id = new RepositoryId("of-" + target);
        sign(new RepositoryDefined(id, 1, repository.toUri().toString()));
        sign(new TargetDefined(target, 1, server, id));
    }

    /** Defines a target whose log is streamed, or no longer. */
    public void define(TargetId target, long revision, PostgresServer server, Path repository, WalArchiving wal) {
        RepositoryId id = new RepositoryId("of-" + target);
        sign(new RepositoryDefined(id, 1, repository.toUri().toString()));
        sign(new TargetDefined(target, revision, server, id, null, wal));
    }

    /** What was said of a target's log. */
    public List<ArchivingEvent> archiving(TargetId target) {
        return broker.records(Topic.EVENTS.topicName()).stream()
                .map(CODEC::decode)
                .filter(Decoded.Known.class::isInstance)
                .map(known -> ((Decoded.Known) known).event().data())
                .filter(ArchivingEvent.class::isInstance)
                .map(ArchivingEvent.class::cast)
                .filter(event -> event.target().equals(target))
                .toList();
    }

    /** Defines a target that goes to several folders, each a repository of the folder's name; the first is meant where none is named. */
    TargetId define(PostgresServer server, List<Path> repositories) {
        TargetId target = new TargetId("t-" + UUID.randomUUID());
        List<RepositoryId> ids = new ArrayList<>();
        for (Path each : repositories) {
            RepositoryId id = repositoryOf(target, each);
            sign(new RepositoryDefined(id, 1, each.toUri().toString()));
            ids.add(id);
        }
        sign(new TargetDefined(target, 1, server, ids.getFirst(), null, null, ids));
        return target;
    }

    static RepositoryId repositoryOf(TargetId target, Path folder) {
        String id = target.value();
        return new RepositoryId(folder.getFileName() + "-" + id.substring(id.length() - 12));
    }

    private void sign(EventData definition) {
        broker.send(signer.sign(CODEC.encode(event(UUID.randomUUID().toString(), definition)), null));
    }

    /** How the server of a test is reached. */
    public static PostgresServer reached(
            int port, String user, @Nullable String password, @Nullable Integer maxRateKbps) {
        return new PostgresServer(
                "127.0.0.1", port, user, password, "postgres", "prefer", null, null, null, false, maxRateKbps);
    }

    /** A request for a backup, as it goes over the wire. */
    static WireEvent request(EventId id, TargetId target, BackupKind kind) {
        return CODEC.encode(event(id.value(), new BackupRequested(target, kind, "before the test", "a test", null)));
    }

    EventId ask(TargetId target, BackupKind kind) {
        EventId id = new EventId(UUID.randomUUID().toString());
        broker.send(request(id, target, kind));
        return id;
    }

    EventId ask(TargetId target, BackupKind kind, RepositoryId repository) {
        EventId id = new EventId(UUID.randomUUID().toString());
        broker.send(CODEC.encode(
                event(id.value(), new BackupRequested(target, kind, "before the test", "a test", null, repository))));
        return id;
    }

    void cancel(EventId request, TargetId target) {
        broker.send(CODEC.encode(
                event(UUID.randomUUID().toString(), new CancellationRequested(target, request, "no more", "a test")),
                Topic.BACKUP_REQUESTS));
    }

    /** Asks for a backup and waits for what comes of it. */
    public <E extends BackupEvent> E outcome(TargetId target, BackupKind kind, Class<E> type) {
        return outcome(ask(target, kind), type);
    }

    /** What came of a request: exactly one event besides those that say that an attempt started. */
    public <E extends BackupEvent> E outcome(EventId request, Class<E> type) {
        await(() -> !outcomes(request).isEmpty());
        List<BackupEvent> found = outcomes(request);
        if (found.size() != 1 || !type.isInstance(found.getFirst())) {
            throw new AssertionError("wanted one " + type.getSimpleName() + ", heard " + found);
        }
        return type.cast(found.getFirst());
    }

    /** The attempts that were started. */
    List<BackupStarted> started(EventId request) {
        return said(request).stream()
                .filter(BackupStarted.class::isInstance)
                .map(BackupStarted.class::cast)
                .toList();
    }

    List<BackupEvent> outcomes(EventId request) {
        return said(request).stream()
                .filter(event -> !(event instanceof BackupStarted))
                .toList();
    }

    private List<BackupEvent> said(EventId request) {
        return broker.records(Topic.EVENTS.topicName()).stream()
                .map(CODEC::decode)
                .filter(Decoded.Known.class::isInstance)
                .map(known -> ((Decoded.Known) known).event())
                .filter(event -> event.correlationId().equals(request))
                .map(Event::data)
                .filter(BackupEvent.class::isInstance)
                .map(BackupEvent.class::cast)
                .toList();
    }

    /** Everything on all topics, for those who look for what must not be there. */
    List<WireEvent> everything() {
        return java.util.Arrays.stream(Topic.values())
                .flatMap(topic -> broker.records(topic.topicName()).stream())
                .toList();
    }

    public static void await(Supplier<Boolean> condition) {
        Awaitility.await().atMost(PATIENCE).pollInterval(Duration.ofMillis(250)).until(condition::get);
    }

    private static <D extends EventData> Event<D> event(String id, D data) {
        return Event.first(new EventId(id), "/test/1", Instant.now(), data);
    }
}
