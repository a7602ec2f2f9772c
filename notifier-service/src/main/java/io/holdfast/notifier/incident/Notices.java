package io.holdfast.notifier.incident;

import java.sql.SQLException;

/** Takes notices that are to be told. Thread safe. */
public interface Notices {

    /**
     * Takes a notice in the caller's transaction; once that has committed, it is delivered. The same event's notice is
     * taken once.
     */
    void add(Matter matter, Notice notice) throws SQLException;
}
