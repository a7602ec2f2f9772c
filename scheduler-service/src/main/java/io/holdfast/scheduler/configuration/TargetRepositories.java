package io.holdfast.scheduler.configuration;

import io.holdfast.events.RepositoryId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.Node;

/** Reads where a target's backups go: {@code repository}, or {@code repositories} where there are several. */
final class TargetRepositories {

    private static final String ONE = "repository";
    private static final String SEVERAL = "repositories";

    private TargetRepositories() {}

    /** The repositories as they stand there; absent when something is wrong with them. */
    static @Nullable List<RepositoryId> read(Section target, Set<RepositoryId> known) {
        List<String> names = known.stream().map(RepositoryId::value).sorted().toList();
        String all = names.isEmpty() ? "define one under `repositories`" : "known: " + String.join(", ", names);
        if (!target.values().containsKey(SEVERAL)) {
            String name = target.requiredText(ONE, all);
            return name == null ? null : judged(target, ONE, List.of(name), names, all);
        }
        if (target.values().containsKey(ONE)) {
            target.problems()
                    .add(
                            target.keyOf(ONE),
                            "`" + target.path(ONE) + "` and `" + SEVERAL + "` stand there together",
                            "keep `" + SEVERAL + "`; the first of them is the one that is meant where none is named");
            return null;
        }
        List<String> wanted = target.texts(SEVERAL);
        if (wanted.isEmpty()) {
            target.problems().add(target.where(SEVERAL), target.path(SEVERAL) + " names nothing", all);
            return null;
        }
        return judged(target, SEVERAL, wanted, names, all);
    }

    private static @Nullable List<RepositoryId> judged(
            Section target, String key, List<String> wanted, List<String> names, String all) {
        List<RepositoryId> found = new ArrayList<>();
        boolean good = true;
        for (String name : wanted) {
            Optional<String> fault = fault(name, names, found);
            if (fault.isEmpty()) {
                found.add(new RepositoryId(name));
            } else {
                good = false;
                Node where = target.element(key, name);
                target.problems()
                        .add(
                                where,
                                fault.get(),
                                NearestName.of(name, names)
                                        .filter(nearest -> !nearest.equals(name))
                                        .map(nearest -> "did you mean `" + nearest + "`? " + all)
                                        .orElse(all));
            }
        }
        return good ? found : null;
    }

    private static Optional<String> fault(String name, List<String> names, List<RepositoryId> before) {
        if (!names.contains(name)) {
            return Optional.of("there is no repository `" + Section.shortened(name) + "`");
        }
        return before.contains(new RepositoryId(name))
                ? Optional.of("the repository `" + name + "` stands there twice")
                : Optional.empty();
    }
}
