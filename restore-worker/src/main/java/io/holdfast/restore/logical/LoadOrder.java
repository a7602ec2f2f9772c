package io.holdfast.restore.logical;

import io.holdfast.events.RestoreId;
import io.holdfast.events.request.SqlCheck;
import java.util.List;

/**
 * What of a dump to load, and where.
 *
 * @param restore whose attempt this is; tells its own earlier attempts from others
 * @param selection what of the dumped database
 * @param jobs over how many connections to load at the same time, where that can be done; at least 1
 * @param checks the request's own statements; without a database they mean the one that is loaded
 */
public record LoadOrder(RestoreId restore, ServerAddress to, Selection selection, int jobs, List<SqlCheck> checks) {
    public LoadOrder {
        checks = List.copyOf(checks);
    }
}
