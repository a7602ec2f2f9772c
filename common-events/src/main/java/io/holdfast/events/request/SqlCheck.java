package io.holdfast.events.request;

import org.jspecify.annotations.Nullable;

/**
 * A statement run on a restored database, giving one value.
 *
 * @param name     what it checks, for the report
 * @param database where it runs; absent: the first one that is not a template
 * @param sql      one statement giving one row of one column
 * @param expected the value's text; absent: the value is only reported
 */
public record SqlCheck(
        String name,
        @Nullable String database,
        String sql,
        @Nullable String expected) {}
