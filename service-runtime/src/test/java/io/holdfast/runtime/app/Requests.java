package io.holdfast.runtime.app;

import io.holdfast.events.BackupId;
import io.holdfast.events.BackupKind;
import io.holdfast.events.Event;
import io.holdfast.events.EventData;
import io.holdfast.events.EventId;
import io.holdfast.events.RepositoryId;
import io.holdfast.events.SiteName;
import io.holdfast.events.TargetId;
import io.holdfast.events.Topic;
import io.holdfast.events.request.BackupRequested;
import io.holdfast.events.request.CancellationRequested;
import io.holdfast.events.request.RestoreDestination;
import io.holdfast.events.request.RestoreRequested;
import io.holdfast.events.wire.EventCodec;
import io.holdfast.events.wire.WireEvent;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What others ask of the small service. */
public final class Requests {

    private static final EventCodec CODEC = new EventCodec();

    private Requests() {}

    /** A target that no other test uses. */
    public static String newTarget() {
        return "t-" + UUID.randomUUID();
    }

    public static WireEvent backup(String id, String target, @Nullable String reason) {
        return CODEC.encode(
                event(id, new BackupRequested(new TargetId(target), BackupKind.FULL, reason, "a test", null)));
    }

    public static Event<BackupRequested> backupEvent(String id, String target) {
        return event(id, new BackupRequested(new TargetId(target), BackupKind.FULL, "job", "a test", null));
    }

    public static WireEvent cancellation(String id, String target, String request) {
        return CODEC.encode(
                event(id, new CancellationRequested(new TargetId(target), new EventId(request), "no more", "a test")),
                Topic.BACKUP_REQUESTS);
    }

    public static WireEvent restore(String id, String target) {
        return CODEC.encode(event(
                id,
                new RestoreRequested(
                        new TargetId(target),
                        BackupId.of(new EventId("backup")),
                        BackupKind.FULL,
                        new RepositoryId("main"),
                        "manifest",
                        new SiteName("local"),
                        new RestoreDestination.Directory("/srv/restored", false, null, null, null),
                        List.of(),
                        false,
                        null,
                        null)));
    }

    private static <D extends EventData> Event<D> event(String id, D data) {
        return Event.first(new EventId(id), "/test/1", Instant.now(), data);
    }
}
