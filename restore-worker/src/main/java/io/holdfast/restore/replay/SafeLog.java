package io.holdfast.restore.replay;

import io.holdfast.events.FailureCategory;
import io.holdfast.repository.wal.Lsn;
import io.holdfast.repository.wal.WalSegmentName;
import io.holdfast.restore.RestoreException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Makes segments safe for a server to replay, before it gets them: what they create stays in its data directory. Every
 * segment that a restored server replays goes through here. Safe for use by several threads.
 */
public final class SafeLog {
    private static final int BUFFER = 1 << 18;

    private SafeLog() {}

    /**
     * Makes one safe.
     *
     * @param file where it lies, whole; ours alone
     * @param end behind the last byte of the log that counts
     * @param before what is known of the segment that is replayed before this one
     * @return what is known of this one
     * @throws RestoreException where it creates a tablespace in a way that is not known
     */
    public static WalkedLog make(Path file, WalSegmentName name, int segmentSize, Lsn end, WalkedLog before)
            throws IOException, RestoreException {
        RecordWalk walk = walk(name, segmentSize, end, before);
        WalkedLog walked;
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file), BUFFER)) {
            walked = walk.over(in);
        }
        if (walked.unclear() != null) {
            throw new RestoreException(
                    FailureCategory.RECOVERY_FAILED,
                    "the log creates a tablespace at " + walked.unclear()
                            + ", in a form that this version of Holdfast does not know.",
                    "it cannot be kept away from the original's directory: recover to a moment before that, or begin with a"
                            + " later backup.");
        }
        if (!walk.changes().isEmpty()) {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                for (RecordWalk.Change each : walk.changes()) {
                    channel.write(ByteBuffer.wrap(each.bytes()), each.offset());
                }
            }
        }
        return walked;
    }

    /** What is known of a segment that no server gets. */
    static WalkedLog look(InputStream in, WalSegmentName name, int segmentSize, Lsn end) throws IOException {
        return walk(name, segmentSize, end, WalkedLog.NOTHING).over(in);
    }

    private static RecordWalk walk(WalSegmentName name, int segmentSize, Lsn end, WalkedLog before) {
        Lsn from = new Lsn(name.segmentNumber(segmentSize) * segmentSize);
        Lsn whole = from.plus(segmentSize);
        return new RecordWalk(from, whole.compareTo(end) < 0 ? whole : end, before);
    }
}
