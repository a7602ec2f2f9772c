package io.holdfast.cli.command;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Programs of the restoring host that run around a restore. */
final class HookOptions {
    @Option(
            names = "--before",
            paramLabel = "HOOK",
            description =
                    "run this program of HOLDFAST_RESTORE_HOOKS on the worker's host before anything is touched; may"
                            + " be repeated. If one fails, nothing is restored")
    @Nullable
    List<String> before;

    @Option(
            names = "--after",
            paramLabel = "HOOK",
            description = "run this one at the end, whatever came of the restore; may be repeated")
    @Nullable
    List<String> after;

    boolean any() {
        return before != null || after != null;
    }

    /** As a field of the API's request; none where no hook is named. */
    Map<String, Object> fields() {
        Map<String, Object> hooks = new LinkedHashMap<>();
        Fields.put(hooks, "before", before);
        Fields.put(hooks, "after", after);
        return hooks.isEmpty() ? Map.of() : Map.of("hooks", hooks);
    }
}
