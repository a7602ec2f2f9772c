package io.holdfast.backup.archive;

import io.holdfast.repository.wal.WalSegmentName;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What PostgreSQL hands to {@code archive_command}, by its name.
 *
 * @see <a href="https://www.postgresql.org/docs/current/continuous-archiving.html">Continuous Archiving</a>
 */
sealed interface ArchivedFile {
    /** A complete segment. */
    record Segment(WalSegmentName name) implements ArchivedFile {}

    /** The last segment of a timeline that a promotion ended: only its beginning means anything. */
    record Partial(WalSegmentName name) implements ArchivedFile {}

    /** A timeline's history. */
    record History(int timeline) implements ArchivedFile {}

    /** Says where some base backup began and ended, for people; no recovery reads it. */
    record BackupNote() implements ArchivedFile {}

    Pattern SEGMENT = Pattern.compile("([0-9A-F]{24})(\\.partial|\\.[0-9A-F]{8}\\.backup)?");
    Pattern HISTORY = Pattern.compile("([0-9A-F]{8})\\.history");

    /** What a name stands for; empty if PostgreSQL archives nothing that is called so. */
    static Optional<ArchivedFile> of(String name) {
        Matcher history = HISTORY.matcher(name);
        if (history.matches()) {
            return Optional.of(new History(Integer.parseUnsignedInt(history.group(1), 16)));
        }
        Matcher segment = SEGMENT.matcher(name);
        if (!segment.matches()) {
            return Optional.empty();
        }
        WalSegmentName of = new WalSegmentName(segment.group(1));
        String suffix = segment.group(2);
        if (suffix == null) {
            return Optional.of(new Segment(of));
        }
        return Optional.of(suffix.equals(".partial") ? new Partial(of) : new BackupNote());
    }
}
