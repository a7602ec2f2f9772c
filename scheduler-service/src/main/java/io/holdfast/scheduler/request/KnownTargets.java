package io.holdfast.scheduler.request;

import io.holdfast.events.TargetId;
import io.holdfast.events.definition.TargetDefined;
import io.holdfast.runtime.definitions.Definitions;
import io.holdfast.scheduler.configuration.NearestName;
import io.holdfast.scheduler.request.RequestRefusedException.Why;
import jakarta.inject.Singleton;
import java.util.List;

/** The targets that workers know, or are just about to. Thread safe. */
@Singleton
public class KnownTargets {

    private final Definitions definitions;

    KnownTargets(Definitions definitions) {
        this.definitions = definitions;
    }

    /** Every target's name, in order. */
    public List<String> names() {
        return definitions.targets().stream()
                .map(TargetDefined::target)
                .map(TargetId::value)
                .sorted()
                .toList();
    }

    /**
     * The target of this name.
     *
     * @throws RequestRefusedException when there is none
     */
    public TargetId require(String name) {
        if (!definitions.caughtUp()) {
            throw new RequestRefusedException(
                    Why.UNAVAILABLE, "the definitions are not read yet", "try again in a moment; /q/health tells more");
        }
        List<String> names = names();
        if (!names.contains(name)) {
            String all = names.isEmpty() ? "define it in holdfast.yaml" : "known: " + String.join(", ", names);
            throw new RequestRefusedException(
                    Why.NOT_FOUND,
                    "there is no such target",
                    NearestName.of(name, names)
                            .map(nearest -> "did you mean `" + nearest + "`? " + all)
                            .orElse(all));
        }
        return new TargetId(name);
    }
}
