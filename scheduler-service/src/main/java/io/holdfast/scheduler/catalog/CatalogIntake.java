package io.holdfast.scheduler.catalog;

import io.holdfast.events.Event;
import io.holdfast.events.Topic;
import io.holdfast.events.wire.Decoded;
import io.holdfast.events.wire.EventCodec;
import io.holdfast.events.wire.WireEvent;
import io.holdfast.runtime.intake.IncomingRecord;
import jakarta.inject.Singleton;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * Decides which records the catalog believes. What it does not believe, or cannot read, it passes over: whoever acts on
 * a record is the one to put it among the dead letters. Thread safe.
 */
@Singleton
class CatalogIntake {

    private static final Logger LOG = Logger.getLogger(CatalogIntake.class);

    private final EventCodec codec;
    private final PastSignatures signatures;

    CatalogIntake(EventCodec codec, PastSignatures signatures) {
        this.codec = codec;
        this.signatures = signatures;
    }

    Optional<Event<?>> read(IncomingRecord incoming) {
        WireEvent wire = incoming.wire();
        return switch (codec.decode(wire)) {
            case Decoded.Known known -> {
                boolean control = wire.topic().equals(Topic.RESTORE_REQUESTS.topicName());
                if (control && !signatures.valid(wire, known.event().time())) {
                    LOG.warnf("%s is not signed by the control plane, the catalog passes over it", wire);
                    yield Optional.empty();
                }
                yield Optional.of(known.event());
            }
            case Decoded.Unrecognised unrecognised -> Optional.empty();
            case Decoded.Malformed malformed -> {
                LOG.debugf("%s is malformed: %s", wire, malformed.cause());
                yield Optional.empty();
            }
        };
    }
}
