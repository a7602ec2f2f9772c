package io.holdfast.restore;

import io.holdfast.events.Failure;
import io.holdfast.events.FailureCategory;
import io.holdfast.events.verification.Damage;
import io.holdfast.repository.RepositoryException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Says in the words of the event contract what the repository says in its own. */
public final class RepositoryFailures {
    private static final Pattern DESCRIBED = Pattern.compile(
            "object (\\S+): (.*?)(?:; concerns (?:pages? .*? of )?(.+?)(?: and \\d+ more)?)?\\.?$", Pattern.DOTALL);

    /** An event is at most 256 KiB long. */
    private static final int MOST_DAMAGES = 300;

    private RepositoryFailures() {}

    /** Why reading failed. */
    public static RestoreException of(RepositoryException e) {
        FailureCategory category = switch (e) {
            case RepositoryException.NotFound missing -> FailureCategory.BACKUP_NOT_FOUND;
            case RepositoryException.Full full -> FailureCategory.DESTINATION;
            case RepositoryException.Denied denied -> FailureCategory.PERMISSION;
            case RepositoryException.Unavailable away -> FailureCategory.REPOSITORY_UNAVAILABLE;
            case RepositoryException.Damaged damaged -> FailureCategory.REPOSITORY_DAMAGED;
            case RepositoryException.Conflict conflict -> FailureCategory.REPOSITORY_DAMAGED;
            case RepositoryException.Unusable unusable -> FailureCategory.CONFIGURATION;
        };
        List<Damage> damages = category == FailureCategory.REPOSITORY_DAMAGED ? List.of(damage(e.what())) : List.of();
        return new RestoreException(new Failure(category, e.what(), e.hint()), damages, e);
    }

    /** The damage that a message describes: the repository names object and file in it, for people. */
    private static Damage damage(String what) {
        Matcher matcher = DESCRIBED.matcher(what);
        return matcher.find()
                ? new Damage(matcher.group(1), matcher.group(3), matcher.group(2))
                : new Damage("unknown", null, what);
    }

    /** One damage as many as the files it concerns, so that each can be named; at most 300. */
    public static List<Damage> damages(List<io.holdfast.repository.read.Damage> found) {
        return found.stream()
                .flatMap(each -> damages(each).stream())
                .limit(MOST_DAMAGES)
                .toList();
    }

    private static List<Damage> damages(io.holdfast.repository.read.Damage found) {
        String what = found.pages().map(range -> range + ": ").orElse("") + found.detail();
        if (found.files().isEmpty()) {
            return List.of(new Damage(found.object().value(), null, what));
        }
        return found.files().stream()
                .map(file -> new Damage(found.object().value(), file.value(), what))
                .toList();
    }
}
