package io.holdfast.repository.retention;

import io.holdfast.repository.manifest.BackupManifest.AttemptReference;
import java.util.Map;
import java.util.Set;

/**
 * What was found not to be needed of a log when it was looked at; kept until the next time. An attempt that was under way
 * then may need log from before backups that were complete already, and has not said which. So nothing goes before each of them has ended,
 * and is not needed then either.
 *
 * @param need what was needed
 * @param newest name of the last segment of each timeline that was stored
 * @param underWay attempts that had begun and not ended
 */
public record LogCut(LogNeed need, Map<Integer, String> newest, Set<AttemptReference> underWay) {
    public LogCut {
        newest = Map.copyOf(newest);
        underWay = Set.copyOf(underWay);
    }

    /** As text, to be kept until the next time. */
    public String encode() {
        return LogCutCodec.encode(this);
    }

    /**
     * What {@link #encode} wrote.
     *
     * @throws IllegalArgumentException if it did not write that
     */
    public static LogCut decode(String text) {
        return LogCutCodec.decode(text);
    }
}
