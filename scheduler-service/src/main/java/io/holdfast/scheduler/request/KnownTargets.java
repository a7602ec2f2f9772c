package io.holdfast.scheduler.request;

import io.holdfast.events.RepositoryId;
import io.holdfast.events.definition.TargetDefined;
import io.holdfast.runtime.definitions.Definitions;
import io.holdfast.scheduler.configuration.NearestName;
import io.holdfast.scheduler.request.RequestRefusedException.Why;
import jakarta.inject.Singleton;
import java.util.Comparator;
import java.util.List;

/** The targets that workers know, or are just about to. Thread safe. */
@Singleton
public class KnownTargets {

    private final Definitions definitions;

    KnownTargets(Definitions definitions) {
        this.definitions = definitions;
    }

    /** Every target, in the order of their names. */
    public List<TargetDefined> all() {
        return definitions.targets().stream()
                .sorted(Comparator.comparing(target -> target.target().value()))
                .toList();
    }

    private List<String> names() {
        return all().stream().map(target -> target.target().value()).toList();
    }

    /**
     * The target of this name.
     *
     * @throws RequestRefusedException when there is none
     */
    public TargetDefined require(String name) {
        if (!definitions.caughtUp()) {
            throw new RequestRefusedException(
                    Why.UNAVAILABLE, "the definitions are not read yet", "try again in a moment; /q/health tells more");
        }
        return all().stream()
                .filter(target -> target.target().value().equals(name))
                .findFirst()
                .orElseThrow(() -> unknown("there is no such target", name, names(), "define it in holdfast.yaml"));
    }

    /**
     * The target's repository of this name.
     *
     * @throws RequestRefusedException when it does not go there
     */
    public static RepositoryId requireRepository(TargetDefined target, String name) {
        return target.allRepositories().stream()
                .filter(repository -> repository.value().equals(name))
                .findFirst()
                .orElseThrow(() -> unknown(
                        "the target does not go to this repository",
                        name,
                        target.allRepositories().stream()
                                .map(RepositoryId::value)
                                .toList(),
                        "name it in the target's `repositories`"));
    }

    private static RequestRefusedException unknown(String what, String name, List<String> names, String none) {
        String all = names.isEmpty() ? none : "known: " + String.join(", ", names);
        return new RequestRefusedException(
                Why.NOT_FOUND,
                what,
                NearestName.of(name, names)
                        .map(nearest -> "did you mean `" + nearest + "`? " + all)
                        .orElse(all));
    }
}
