package io.holdfast.restore;

import java.util.Locale;

/** What a restore does just now. */
public enum RestorePhase {
    /** Physical: stored bytes are read before anything is touched. */
    VERIFY,
    /** Physical: files and WAL come out of the repository. */
    FETCH,
    /** Physical: the server is being started. */
    START,
    /** Physical: the server replays WAL until it is consistent. */
    RECOVER,
    /** Logical: the dump is loaded. */
    LOAD,
    /** What came back is looked at. */
    CHECK,
    /** Physical: the server is being stopped again. */
    STOP,
    /** Hooks that run before the restore. */
    BEFORE,
    /** Hooks that run after it. */
    AFTER;

    /** The name in events: {@code fetch}. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
