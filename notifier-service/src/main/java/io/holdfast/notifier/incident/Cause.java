package io.holdfast.notifier.incident;

import io.holdfast.events.EventId;
import io.holdfast.events.Failure;
import io.holdfast.events.FailureCategory;
import io.holdfast.events.RepositoryId;
import io.holdfast.notifier.incident.Notice.About;
import io.holdfast.notifier.incident.Notice.Fact;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What stands behind trouble: where a repository cannot be reached, one notice of it stands for those of all who need it. Pure. */
final class Cause {

    private static final int SHOWN = 10;

    private Cause() {}

    /** The cause of a matter's failure; null where it stands for itself. */
    static Signal.@Nullable Trouble of(Matter matter, Notice notice) {
        RepositoryId repository = repositoryOf(matter, notice);
        Failure failure = notice.failure();
        if (repository == null
                || failure == null
                || failure.category() != FailureCategory.REPOSITORY_UNAVAILABLE
                || matter instanceof Matter.OfRepository) {
            return null;
        }
        Matter cause = new Matter.OfRepository(repository);
        return new Signal.Trouble(
                cause,
                new Notice(
                        notice.sort(),
                        AlertIds.of(notice.event(), cause),
                        null,
                        cause.title(),
                        "The repository " + repository + " cannot be used. " + notice.sentence(),
                        notice.at(),
                        failure,
                        notice.facts(),
                        List.of(
                                "Whatever else fails for this reason is not told one by one. What is still open when the"
                                        + " repository is back is told then.",
                                "Look at the repository " + repository + ": holdfast status"),
                        About.of(cause, failure.category().alertLevel())));
    }

    /** What is told when the first that failed for this cause works again. */
    static Signal.Success gone(Matter cause, Notice success, EventId event, List<String> stillOpen) {
        List<Fact> facts = new ArrayList<>(success.facts());
        if (!stillOpen.isEmpty()) {
            facts.add(new Fact("Still not made up for", Integer.toString(stillOpen.size())));
            stillOpen.stream().limit(SHOWN).forEach(key -> facts.add(new Fact("Not made up for", key)));
        }
        return new Signal.Success(
                cause,
                new Notice(
                        success.sort(),
                        event,
                        null,
                        cause.title(),
                        "The repository " + cause.repository() + " can be used again. " + success.sentence(),
                        success.at(),
                        null,
                        facts,
                        stillOpen.isEmpty()
                                ? List.of()
                                : List.of("What is not made up for has failed until now; look at it: holdfast status"),
                        About.of(cause, success.subject().level())));
    }

    // The matter of a cluster's log names no repository, its events do.
    private static @Nullable RepositoryId repositoryOf(Matter matter, Notice notice) {
        if (matter.repository() != null) {
            return matter.repository();
        }
        return notice.facts().stream()
                .filter(fact -> fact.name().equals("Repository"))
                .map(fact -> new RepositoryId(fact.value()))
                .findFirst()
                .orElse(null);
    }
}
