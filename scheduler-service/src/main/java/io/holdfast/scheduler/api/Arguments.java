package io.holdfast.scheduler.api;

import io.holdfast.events.BackupId;
import io.holdfast.events.BackupKind;
import io.holdfast.events.RestoreId;
import io.holdfast.events.verification.VerificationLevel;
import io.holdfast.scheduler.request.RequestRefusedException;
import io.holdfast.scheduler.request.RequestRefusedException.Why;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What stands in paths and queries, read strictly. */
final class Arguments {

    static final Duration LONGEST_WAIT = Duration.ofSeconds(60);
    static final int MOST_LISTED = 1000;

    private static final Duration USUAL_WAIT = Duration.ofSeconds(30);
    private static final int USUALLY_LISTED = 100;
    private static final int LONGEST_TEXT = 1000;
    private static final int LONGEST_NAME = 200;
    private static final Pattern DURATION = Pattern.compile("(\\d{1,6})(ms|s|m)");

    private Arguments() {}

    static BackupId backupId(String text) {
        try {
            return BackupId.of(text);
        } catch (IllegalArgumentException e) {
            throw new RequestRefusedException(
                    Why.NOT_FOUND, "there is no such backup", "GET /api/backup/list names them");
        }
    }

    static RestoreId restoreId(String text) {
        try {
            return RestoreId.of(text);
        } catch (IllegalArgumentException e) {
            throw new RequestRefusedException(
                    Why.NOT_FOUND, "there is no such restore", "GET /api/backup/restore names them");
        }
    }

    static BackupKind kind(@Nullable String text) {
        try {
            return text == null ? BackupKind.FULL : BackupKind.of(text);
        } catch (IllegalArgumentException e) {
            String known =
                    Arrays.stream(BackupKind.values()).map(BackupKind::wireName).collect(Collectors.joining(", "));
            throw invalid("there is no such kind of backup", "use one of " + known);
        }
    }

    /** How much a verification looks at; none: as the verifier is configured. */
    static @Nullable VerificationLevel verificationLevel(@Nullable String text) {
        if (text == null) {
            return null;
        }
        return Stream.of(VerificationLevel.BYTES, VerificationLevel.STRUCTURE)
                .filter(level -> level.wireName().equals(text))
                .findFirst()
                .orElseThrow(() -> invalid(
                        "there is no such level to verify to", "use bytes or structure; a drill restores the backup"));
    }

    static int limit(@Nullable Integer limit) {
        if (limit == null) {
            return USUALLY_LISTED;
        }
        if (limit < 1 || limit > MOST_LISTED) {
            throw invalid("limit is not between 1 and " + MOST_LISTED, "leave it out for " + USUALLY_LISTED);
        }
        return limit;
    }

    /** A duration such as 500ms, 30s or 1m; longer ones are cut, since proxies cut them anyway. */
    static Duration timeout(@Nullable String text) {
        if (text == null) {
            return USUAL_WAIT;
        }
        Matcher matcher = DURATION.matcher(text);
        if (!matcher.matches()) {
            throw invalid("timeout is not a duration", "write 500ms, 30s or 1m");
        }
        long number = Long.parseLong(matcher.group(1));
        Duration wanted = switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(number);
            case "s" -> Duration.ofSeconds(number);
            default -> Duration.ofMinutes(number);
        };
        return wanted.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wanted;
    }

    static @Nullable String text(String name, @Nullable String text) {
        return text(name, text, LONGEST_TEXT);
    }

    /** Who asks, for people. */
    static @Nullable String requestedBy(@Nullable String text) {
        return text("requested_by", text, LONGEST_NAME);
    }

    private static @Nullable String text(String name, @Nullable String text, int longest) {
        if (text != null
                && (text.length() > longest
                        || text.chars().anyMatch(Character::isISOControl)
                        || !StandardCharsets.UTF_8.newEncoder().canEncode(text))) {
            throw invalid(
                    name + " is too long or holds control characters or halves of characters",
                    "use at most " + longest + " printable ones");
        }
        return text;
    }

    static RequestRefusedException invalid(String detail, String hint) {
        return new RequestRefusedException(Why.INVALID, detail, hint);
    }
}
