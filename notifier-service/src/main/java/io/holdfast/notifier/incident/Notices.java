package io.holdfast.notifier.incident;

import java.sql.SQLException;

/** Takes notices that are to be told. Thread safe. */
public interface Notices {

    /**
     * Takes a notice in the caller's transaction; once that has committed, it is delivered. The same event's notice is
     * taken once.
     */
    void add(String matter, Notice notice) throws SQLException;

    /** The same of a matter that is at hand. */
    default void add(Matter matter, Notice notice) throws SQLException {
        add(matter.key(), notice);
    }
}
