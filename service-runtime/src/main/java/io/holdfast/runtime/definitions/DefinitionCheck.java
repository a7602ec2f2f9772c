package io.holdfast.runtime.definitions;

import io.holdfast.events.definition.Definition;
import io.holdfast.events.signing.SignatureCheck;
import io.holdfast.events.signing.SignatureCheck.Verdict;
import io.holdfast.events.wire.Decoded;
import io.holdfast.events.wire.EventCodec;
import io.holdfast.events.wire.WireEvent;

/** Decides which records of the topic are definitions that count. Thread safe. */
final class DefinitionCheck {

    private final EventCodec codec;

    DefinitionCheck(EventCodec codec) {
        this.codec = codec;
    }

    /** The answer. */
    sealed interface Answer {
        /** Signed by the control plane. */
        record Counts(Definition definition) implements Answer {}

        /** Of a type that this version does not know; it may still be right. */
        record Unknown(String type) implements Answer {}

        /** To be ignored, with a warning. */
        record Ignored(String why) implements Answer {}
    }

    Answer check(WireEvent wire, SignatureCheck signature) {
        if (wire.data().length == 0) {
            return new Answer.Ignored("an empty record removes nothing, since nobody signs it");
        }
        return switch (signature.check(wire)) {
            case Verdict.Valid valid -> checkSigned(wire);
            case Verdict.Refused refused -> new Answer.Ignored(refused.why());
            case Verdict.Expired expired -> new Answer.Ignored(expired.why());
        };
    }

    private Answer checkSigned(WireEvent wire) {
        return switch (codec.decode(wire)) {
            case Decoded.Unrecognised unrecognised -> new Answer.Unknown(unrecognised.type());
            case Decoded.Malformed malformed -> new Answer.Ignored(malformed.cause());
            case Decoded.Known known -> {
                if (!(known.event().data() instanceof Definition definition)) {
                    yield new Answer.Ignored(known.type().wireName() + " defines nothing");
                }
                // Compaction goes by the key: under another key an old revision could outlive a newer one.
                yield definition.subject().equals(wire.key())
                        ? new Answer.Counts(definition)
                        : new Answer.Ignored("its key is not its subject");
            }
        };
    }
}
