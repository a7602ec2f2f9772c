package io.holdfast.backup.replication;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The rows of one result set, as the server sent them. Not thread-safe while it grows. */
final class Rows {
    private final List<byte @Nullable []> cells = new ArrayList<>();
    private int columns;
    private int rows;

    /** Takes the body of a DataRow. */
    void add(ByteBuffer body) throws ReplicationException {
        int count = Fields.shortValue(body);
        if (count < 0 || (rows > 0 && count != columns)) {
            throw ReplicationException.protocol("rows of unequal width");
        }
        columns = count;
        rows++;
        for (int i = 0; i < count; i++) {
            cells.add(Fields.column(body));
        }
    }

    int size() {
        return rows;
    }

    /** A value that may be null. */
    @Nullable
    String textOrNull(int row, int column) throws ReplicationException {
        byte[] bytes = cell(row, column);
        return bytes == null ? null : new String(bytes, StandardCharsets.UTF_8);
    }

    String text(int row, int column) throws ReplicationException {
        return new String(bytes(row, column), StandardCharsets.UTF_8);
    }

    byte[] bytes(int row, int column) throws ReplicationException {
        byte[] bytes = cell(row, column);
        if (bytes == null) {
            throw ReplicationException.protocol("no value in column " + (column + 1));
        }
        return bytes;
    }

    private byte @Nullable [] cell(int row, int column) throws ReplicationException {
        if (row >= rows || column >= columns) {
            throw ReplicationException.protocol(
                    "a result with " + rows + " rows of " + columns + " columns, which is less than expected");
        }
        return cells.get(row * columns + column);
    }
}
