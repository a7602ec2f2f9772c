package io.holdfast.scheduler.configuration;

import io.holdfast.runtime.definitions.Definitions;
import io.holdfast.scheduler.SchedulerConfig;
import io.holdfast.scheduler.schedule.Clockwork;
import io.holdfast.scheduler.schedule.DrillPlans;
import io.holdfast.scheduler.schedule.EverySecond;
import io.holdfast.scheduler.security.MissingSigningKeyException;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Watches {@code holdfast.yaml}. A good file takes effect at once, a bad one changes nothing and is told about. Thread
 * safe.
 */
@Singleton
public class ConfigurationFile {

    private static final Logger LOG = Logger.getLogger(ConfigurationFile.class);
    private static final long MOST_BYTES = 1024 * 1024;

    private final @Nullable Path file;
    private final Duration reconcile;
    private final Clockwork clockwork;
    private final DrillPlans drills;
    private final DefinitionPublisher publisher;
    private final Definitions definitions;
    private final Clock clock;
    private volatile ConfigurationState state;
    private List<String> fileProblems = List.of();
    private @Nullable String effectProblem;
    private @Nullable String lastText;
    private @Nullable Configuration pending;
    private List<String> pendingWarnings = List.of();
    private Instant reconcileAt = Instant.MIN;

    ConfigurationFile(
            SchedulerConfig config,
            Clockwork clockwork,
            DrillPlans drills,
            DefinitionPublisher publisher,
            Definitions definitions,
            Clock clock) {
        this.file = config.config().orElse(null);
        this.reconcile = config.reconcile();
        this.clockwork = clockwork;
        this.drills = drills;
        this.publisher = publisher;
        this.definitions = definitions;
        this.clock = clock;
        this.state = new ConfigurationState(name(), null, null, List.of(), List.of());
    }

    /** How the configuration stands now. */
    public ConfigurationState state() {
        return state;
    }

    void start(@Observes StartupEvent started, EverySecond seconds) {
        seconds.call("following the configuration", this::look);
    }

    /** Looks at the file, and puts into effect what it says. */
    private synchronized void look() {
        read();
        Configuration next = pending != null ? pending : state.accepted();
        if (next == null) {
            // There is nothing new to follow: what was scheduled before goes on.
            clockwork.begin();
        } else if (definitions.caughtUp() && (pending != null || isTimeToReconcile())) {
            apply(next);
        }
        tell();
    }

    /** Also when the time lies further ahead than it was ever set: then the clock was set back. */
    private boolean isTimeToReconcile() {
        Instant now = clock.instant();
        return !now.isBefore(reconcileAt) || reconcileAt.isAfter(now.plus(reconcile));
    }

    private void read() {
        if (file == null) {
            refuse(List.of("no configuration file is named. HINT: let HOLDFAST_CONFIG name holdfast.yaml."));
            return;
        }
        String text;
        try {
            if (Files.size(file) > MOST_BYTES) {
                refuse(List.of(name() + " is longer than 1 MiB. HINT: a configuration is a few hundred lines."));
                return;
            }
            text = Files.readString(file, StandardCharsets.UTF_8);
        } catch (NoSuchFileException e) {
            refuse(List.of(name() + " does not exist. HINT: HOLDFAST_CONFIG has to name holdfast.yaml."));
            return;
        } catch (IOException e) {
            refuse(List.of(name() + " cannot be read (" + e.getClass().getSimpleName()
                    + "). HINT: it has to be UTF-8 text that this service may read."));
            return;
        }
        if (text.equals(lastText)) {
            return;
        }
        lastText = text;
        switch (Configuration.parse(text)) {
            case ParsedConfiguration.Accepted accepted -> {
                pending = accepted.configuration();
                pendingWarnings = describe(accepted.warnings());
                refuse(List.of());
            }
            case ParsedConfiguration.Refused refused -> {
                pending = null;
                refuse(describe(refused.problems()));
            }
        }
    }

    private List<String> describe(List<ConfigurationProblem> problems) {
        String shown = file == null ? "" : String.valueOf(file.getFileName());
        return problems.stream().map(problem -> problem.describe(shown)).toList();
    }

    private void apply(Configuration configuration) {
        try {
            publisher.publish(configuration);
            clockwork.follow(configuration.schedules());
            drills.follow(configuration.drills());
        } catch (MissingSigningKeyException e) {
            effectProblem = "what the configuration defines cannot be signed: " + e.getMessage();
            return;
        } catch (RuntimeException e) {
            // The database is away, most likely: tried again each second until it is in effect.
            LOG.warnf(e, "the configuration cannot be put into effect yet");
            effectProblem = "the configuration is not in effect yet. HINT: look at /q/health and the log.";
            return;
        }
        effectProblem = null;
        if (pending != null) {
            LOG.infof(
                    "%s is in effect: %d targets",
                    name(), configuration.targets().size());
            pendingWarnings.forEach(LOG::warn);
            state = new ConfigurationState(name(), configuration, clock.instant(), state.problems(), pendingWarnings);
            pending = null;
        }
        reconcileAt = clock.instant().plus(reconcile);
        clockwork.begin();
    }

    private void refuse(List<String> problems) {
        fileProblems = problems;
    }

    private void tell() {
        List<String> problems = new ArrayList<>(fileProblems);
        if (effectProblem != null) {
            problems.add(effectProblem);
        }
        if (!problems.equals(state.problems())) {
            problems.forEach(LOG::error);
            state = new ConfigurationState(name(), state.accepted(), state.acceptedAt(), problems, state.warnings());
        }
    }

    private @Nullable String name() {
        return file == null ? null : file.toString();
    }
}
