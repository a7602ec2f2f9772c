package io.holdfast.repository.store;

/** What creating an object if absent led to. */
public enum PutOutcome {
    /** The object is now stored, with this content. */
    CREATED,
    /** An object of this key was there already; it is unchanged. */
    EXISTS
}
