package io.holdfast.backup.base;

import java.io.IOException;

/** What a server sends of what has changed cannot be relied on; the message says why. All has to be read. */
final class UncertainChangesException extends IOException {
    private static final long serialVersionUID = 1;

    UncertainChangesException(String why) {
        super(why);
    }
}
