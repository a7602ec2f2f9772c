package io.holdfast.repository.seal;

import javax.crypto.spec.SecretKeySpec;

/** What opens the frames of a pack. Safe for use by several threads. */
public sealed interface FrameOpening {
    /** Frames that are not sealed. */
    FrameOpening PLAIN = new Plain();

    /** Nothing is sealed. */
    record Plain() implements FrameOpening {}

    /** Sealed with this key. */
    final class With implements FrameOpening {
        private final SecretKeySpec key;

        With(SecretKeySpec key) {
            this.key = key;
        }

        SecretKeySpec key() {
            return key;
        }
    }
}
