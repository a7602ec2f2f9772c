package io.holdfast.restore.logical;

import io.holdfast.events.request.RestoreDestination.Table;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What of a dump is to be restored; nothing named means all of it.
 *
 * @param schemas whole schemas
 * @param tables tables with all that belongs to them
 */
public record Selection(List<String> schemas, List<Table> tables) {
    /** The whole dump. */
    public static final Selection ALL = new Selection(List.of(), List.of());

    public Selection {
        schemas = List.copyOf(schemas);
        tables = List.copyOf(tables);
    }

    /** As a request names it. */
    public static Selection of(@Nullable List<String> schemas, @Nullable List<Table> tables) {
        return new Selection(schemas == null ? List.of() : schemas, tables == null ? List.of() : tables);
    }

    /** Whether the whole dump is meant. */
    public boolean isAll() {
        return schemas.isEmpty() && tables.isEmpty();
    }
}
