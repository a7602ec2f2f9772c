package io.holdfast.restore.request;

import io.holdfast.events.Failure;
import io.holdfast.events.FailureCategory;
import io.holdfast.events.RestoreId;
import io.holdfast.events.request.RestoreDestination;
import io.holdfast.events.request.RestoreHooks;
import io.holdfast.events.request.RestoreRequested;
import io.holdfast.events.restore.RestoreCompleted;
import io.holdfast.events.restore.RestoreCompleted.CheckResult;
import io.holdfast.events.restore.RestoreCompleted.Phase;
import io.holdfast.restore.RestoreException;
import io.holdfast.restore.RestorePhase;
import io.holdfast.restore.RestoreWatch;
import io.holdfast.restore.hook.HostHooks;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Runs a request's hooks. A mark in the work directory says that those before have been begun, so that those after run once
 * the restore is over, also where another attempt or another process ends it. Thread safe for different restores.
 */
@Singleton
class HookedRestores {
    private static final Logger LOG = Logger.getLogger(HookedRestores.class);
    private static final RestoreHooks NONE = new RestoreHooks(null, null);

    private final HostHooks hooks;
    private final Path marks;

    HookedRestores(HostHooks hooks, RestoreWork work) {
        this.hooks = hooks;
        this.marks = work.directory().resolve("hooks");
    }

    /** What those before did. */
    record Before(List<CheckResult> checks, @Nullable Phase phase) {}

    /**
     * Runs those before.
     *
     * @throws RestoreException if one fails, or any of the request's is not there to be run; nothing was touched then
     */
    Before before(RestoreId restore, RestoreRequested request, RestoreWatch watch)
            throws RestoreException, InterruptedException {
        List<String> first = names(asked(request).before());
        List<String> last = names(asked(request).after());
        if (first.isEmpty() && last.isEmpty()) {
            return new Before(List.of(), null);
        }
        hooks.require(Stream.concat(first.stream(), last.stream()).toList());
        mark(restore);
        List<HostHooks.Outcome> ran = new ArrayList<>();
        for (String each : first) {
            watch.progress(RestorePhase.BEFORE, 0, null);
            HostHooks.Outcome outcome = hooks.run(each, environment(restore, request, "before", Map.of()), watch);
            if (!outcome.isWell()) {
                throw new RestoreException(
                        FailureCategory.REFUSED,
                        "the hook " + each + " that runs before the restore failed, " + outcome.text() + ".",
                        "see why, and restore again; nothing was restored, and the hooks after it have been run.");
            }
            ran.add(outcome);
        }
        return new Before(checks(ran), phase(RestorePhase.BEFORE, ran));
    }

    /** Runs those after a restore that is done, and adds what all of them did to what is told. */
    RestoreCompleted completed(RestoreId restore, RestoreRequested request, Before before, RestoreCompleted done) {
        Map<String, String> outcome = new LinkedHashMap<>(Map.of("HOLDFAST_OUTCOME", "completed"));
        if (done.connection() != null) {
            outcome.put("HOLDFAST_CONNECTION", done.connection());
        }
        List<HostHooks.Outcome> ran = after(restore, request, outcome);
        if (before.phase() == null && ran.isEmpty()) {
            return done;
        }
        List<CheckResult> checks = new ArrayList<>(before.checks());
        checks.addAll(done.checks());
        checks.addAll(checks(ran));
        List<Phase> phases = new ArrayList<>();
        if (before.phase() != null) {
            phases.add(before.phase());
        }
        phases.addAll(done.phases());
        Phase last = phase(RestorePhase.AFTER, ran);
        if (last != null) {
            phases.add(last);
        }
        return done.with(phases, checks);
    }

    /** Runs those after a restore that failed for good; what is told says which of them failed, too. */
    Failure failed(RestoreId restore, RestoreRequested request, Failure failure) {
        List<String> bad = after(restore, request, Map.of("HOLDFAST_OUTCOME", "failed")).stream()
                .filter(each -> !each.isWell())
                .map(each -> "The hook " + each.name() + " after it failed as well, " + each.text() + ".")
                .toList();
        return bad.isEmpty()
                ? failure
                : new Failure(failure.category(), failure.message() + " " + String.join(" ", bad), failure.hint());
    }

    /** Runs those after a restore that somebody stopped. */
    void cancelled(RestoreId restore, RestoreRequested request) {
        after(restore, request, Map.of("HOLDFAST_OUTCOME", "cancelled"));
    }

    /** All of them, whatever becomes of one; none where those before were never begun. */
    private List<HostHooks.Outcome> after(RestoreId restore, RestoreRequested request, Map<String, String> outcome) {
        if (!Files.exists(marks.resolve(restore.toString()))) {
            return List.of();
        }
        List<HostHooks.Outcome> ran = new ArrayList<>();
        for (String each : names(asked(request).after())) {
            ran.add(run(each, environment(restore, request, "after", outcome)));
        }
        unmark(restore);
        return ran;
    }

    /** Nobody may stop what starts services again; its limit of time ends it. */
    private HostHooks.Outcome run(String name, Map<String, String> environment) {
        try {
            return hooks.run(name, environment, RestoreWatch.NONE);
        } catch (RestoreException e) {
            LOG.errorf(e, "the hook %s after a restore was not run", name);
            return new HostHooks.Outcome(name, null, Duration.ZERO, e.failure().message());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            LOG.errorf(e, "the hook %s after a restore was broken off", name);
            return new HostHooks.Outcome(name, null, Duration.ZERO, "the worker was stopped");
        }
    }

    private static Map<String, String> environment(
            RestoreId restore, RestoreRequested request, String when, Map<String, String> outcome) {
        Map<String, String> environment = new LinkedHashMap<>();
        environment.put("HOLDFAST_HOOK", when);
        environment.put("HOLDFAST_RESTORE_ID", restore.toString());
        environment.put("HOLDFAST_TARGET", request.target().value());
        environment.put("HOLDFAST_BACKUP_ID", request.backupId().toString());
        switch (request.destination()) {
            case RestoreDestination.Directory directory -> environment.put("HOLDFAST_DIRECTORY", directory.path());
            case RestoreDestination.Database database -> {
                environment.put("HOLDFAST_DATABASE_HOST", database.host());
                environment.put("HOLDFAST_DATABASE_PORT", Integer.toString(database.port()));
                environment.put("HOLDFAST_DATABASE", database.database());
            }
        }
        environment.putAll(outcome);
        return environment;
    }

    private static List<CheckResult> checks(List<HostHooks.Outcome> ran) {
        return ran.stream()
                .map(each -> new CheckResult("hook " + each.name(), null, each.text(), null))
                .toList();
    }

    private static @Nullable Phase phase(RestorePhase which, List<HostHooks.Outcome> ran) {
        long millis = ran.stream().mapToLong(each -> each.took().toMillis()).sum();
        return ran.isEmpty() ? null : new Phase(which.wireName(), millis / 1000.0);
    }

    private static RestoreHooks asked(RestoreRequested request) {
        RestoreHooks hooks = request.hooks();
        return hooks == null ? NONE : hooks;
    }

    private static List<String> names(@Nullable List<String> names) {
        return names == null ? List.of() : names;
    }

    private void mark(RestoreId restore) throws RestoreException {
        try {
            Files.createDirectories(marks);
            Files.writeString(marks.resolve(restore.toString()), "");
        } catch (IOException e) {
            throw new RestoreException(
                    FailureCategory.CONFIGURATION,
                    "that hooks run cannot be noted in " + marks + ": " + e.getMessage() + ".",
                    "let the restore-worker write to its work directory; nothing was changed.",
                    e);
        }
    }

    private void unmark(RestoreId restore) {
        try {
            Files.deleteIfExists(marks.resolve(restore.toString()));
        } catch (IOException e) {
            LOG.errorf(e, "the note that hooks of restore %s run was not removed", restore);
        }
    }
}
