package io.holdfast.backup.replication;

import java.util.Arrays;

/**
 * A timeline's history file, as it must lie in an archive.
 *
 * @param fileName such as {@code 00000002.history}
 * @param content its bytes, verbatim
 */
public record TimelineHistory(String fileName, byte[] content) {
    @Override
    public boolean equals(Object other) {
        return other instanceof TimelineHistory history
                && fileName.equals(history.fileName)
                && Arrays.equals(content, history.content);
    }

    @Override
    public int hashCode() {
        return 31 * fileName.hashCode() + Arrays.hashCode(content);
    }

    @Override
    public String toString() {
        return fileName;
    }
}
