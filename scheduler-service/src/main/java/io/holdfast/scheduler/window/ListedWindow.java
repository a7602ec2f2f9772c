package io.holdfast.scheduler.window;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.holdfast.events.Failure;
import io.holdfast.scheduler.catalog.LogPosition;
import io.holdfast.scheduler.catalog.WalReader.Gap;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * To which moments a target can be brought back out of one repository, as the API shows it. Made of what events said: the
 * repository itself is the truth, and may know more, or less.
 *
 * @param systemIdentifier  of the cluster; absent where there is no backup of one
 * @param timeline          the newest, which the window is of
 * @param archivedBy        how its log gets there between backups: {@code stream}, {@code archive_command}, both, or none
 * @param from              the first moment that can be reached
 * @param to                the last one; absent as is {@code from}: none can be
 * @param rpoSeconds        how long ago the last moment is: what would be lost now, at most
 * @param archivedUntil     what was committed until then is stored, also where a hole keeps it from being reached
 * @param archivedTo        the position of that
 * @param interruptedSince  since when the log does not arrive; absent: it does, as far as was said
 * @param interruption      why
 * @param holes             what is missing between the first moment and now
 * @param stretches         where every moment can be reached, oldest first; at most the newest 100
 * @param drill             the newest that proved it
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ListedWindow(
        String target,
        String repository,
        @Nullable String systemIdentifier,
        @Nullable Integer timeline,
        List<String> archivedBy,
        @Nullable Moment from,
        @Nullable Moment to,
        @Nullable Double rpoSeconds,
        @Nullable Instant archivedUntil,
        @Nullable String archivedTo,
        @Nullable Instant interruptedSince,
        @Nullable Failure interruption,
        List<Hole> holes,
        List<Stretch> stretches,
        @Nullable Drill drill) {

    /** A point of a cluster's history; the time is that of the last moment known to lie there or before. */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    public record Moment(Instant time, String lsn, int timeline) {

        static Moment of(ClusterWindow.Point point) {
            return new Moment(point.time(), point.lsn().toString(), point.timeline());
        }
    }

    /**
     * A stretch in which every moment can be reached.
     *
     * @param backups how many base backups it has
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    public record Stretch(Moment from, Moment to, int backups) {

        static Stretch of(ClusterWindow.Stretch stretch) {
            return new Stretch(Moment.of(stretch.from()), Moment.of(stretch.to()), stretch.backups());
        }
    }

    /**
     * A piece of log that is missing.
     *
     * @param from      the last moment before it
     * @param toLsn     where the log goes on; absent: it does not yet
     * @param since     when it was noticed; absent: nobody said it
     * @param reason    {@code missing}, {@code damaged}, {@code foreign} or {@code lost}; absent: nobody said it
     * @param healed    whether moments behind it can be reached, by a base backup that was made behind it
     * @param healedBy  that backup
     * @param healedAt  when it was done
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Hole(
            Moment from,
            @Nullable String toLsn,
            @Nullable Instant since,
            @Nullable String reason,
            @Nullable String detail,
            boolean healed,
            @Nullable String healedBy,
            @Nullable Instant healedAt) {

        static Hole of(ClusterWindow.Hole hole) {
            LogPosition to = hole.to();
            KnownBase base = hole.healedBy();
            Gap said = hole.said();
            return new Hole(
                    Moment.of(hole.from()),
                    to == null ? null : to.toString(),
                    said == null ? null : said.detectedAt(),
                    said == null ? null : said.reason(),
                    said == null ? null : said.detail(),
                    base != null,
                    base == null ? null : base.backup(),
                    base == null ? null : base.finished());
        }
    }

    /** The newest drill that passed with a backup of this window. */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Drill(
            String drillId,
            String backupId,
            @Nullable Instant passedAt,
            @Nullable Double rtoSeconds,
            @Nullable Double rpoSeconds,
            @Nullable String report) {}
}
