package io.holdfast.restore.breakglass;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.events.Failure;
import io.holdfast.events.FailureCategory;
import io.holdfast.events.wire.EventCodec;
import io.holdfast.repository.RepositoryException;
import io.holdfast.restore.RepositoryFailures;
import io.holdfast.restore.RestoreException;
import io.holdfast.restore.RestorePhase;
import io.holdfast.restore.RestoreWatch;
import io.holdfast.restore.physical.RestorePreview;
import io.holdfast.runtime.repository.DefinedRepositories;
import io.holdfast.runtime.secrets.SecretException;
import io.holdfast.runtime.secrets.Secrets;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.logging.LogManager;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What {@code holdfast restore --repository} runs, as a process of its own on the host that restores. Takes the order as JSON
 * from standard input, and references to secrets from its own environment and files. Says on standard output how far it is,
 * a line of JSON each time, and as the last line what came of it.
 */
public final class BreakGlassProgram {
    private static final ObjectMapper JSON = EventCodec.newJsonMapper();
    private static final int LONGEST_ORDER = 1 << 20;
    private static final Duration STOP_LIMIT = Duration.ofSeconds(60);
    private static final long BETWEEN_LINES_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private final BreakGlassRestore restore;
    private final PrintStream out;

    BreakGlassProgram(BreakGlassRestore restore, PrintStream out) {
        this.restore = restore;
        this.out = out;
    }

    public static void main(String[] arguments) throws IOException {
        LogManager.getLogManager().reset();
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        Path work = Files.createTempDirectory("holdfast-restore-");
        Thread restoring = Thread.currentThread();
        // Ctrl-C ends the server that is being recovered, and leaves what another run can go on with.
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            restoring.interrupt();
            try {
                restoring.join(STOP_LIMIT);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }));
        try {
            BreakGlassRestore restore =
                    new BreakGlassRestore(new DefinedRepositories(new Secrets()), work, Clock.systemUTC());
            new BreakGlassProgram(restore, out).answer(System.in);
        } finally {
            remove(work);
        }
        // Threads of the stores' clients do not keep the process.
        Thread.ofPlatform().start(() -> System.exit(0));
    }

    /** Says what comes of an order. */
    void answer(InputStream order) throws IOException {
        BreakGlassOrder read = JSON.readValue(order.readNBytes(LONGEST_ORDER), BreakGlassOrder.class);
        out.println(JSON.writeValueAsString(answer(read)));
    }

    private ObjectNode answer(BreakGlassOrder order) {
        try {
            if (order.target() == null || order.backup() == null && order.recoveryTarget() == null) {
                return listed(restore.list(order));
            }
            return order.dryRun() ? previewed(order, restore.preview(order)) : restored(restore.run(order, watch()));
        } catch (RestoreException e) {
            return failed(e.failure());
        } catch (RepositoryException e) {
            return failed(RepositoryFailures.of(e).failure());
        } catch (SecretException e) {
            return failed(new Failure(FailureCategory.CONFIGURATION, e.what(), e.hint()));
        } catch (IllegalArgumentException e) {
            return failed(new Failure(
                    FailureCategory.CONFIGURATION, String.valueOf(e.getMessage()), "correct the arguments."));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return failed(new Failure(
                    FailureCategory.TIMEOUT,
                    "the restore was stopped.",
                    "the same command goes on with what is there."));
        }
    }

    private static ObjectNode listed(List<StoredClusters.Found> found) {
        ObjectNode answer = JSON.createObjectNode();
        answer.set("found", JSON.valueToTree(found));
        return answer;
    }

    private static ObjectNode previewed(BreakGlassOrder order, BreakGlassRestore.Previewed previewed) {
        RestorePreview preview = previewed.preview();
        ObjectNode answer = JSON.createObjectNode();
        answer.put("target", order.target());
        answer.put("backup_id", previewed.backup().value());
        answer.put("dry_run", true);
        if (preview.plan() != null) {
            answer.set("plan", JSON.valueToTree(preview.plan()));
        }
        answer.set("refusals", JSON.valueToTree(preview.refusals()));
        return answer;
    }

    private static ObjectNode restored(BreakGlassRestore.Restored restored) {
        ObjectNode answer = restored.report().tree();
        if (restored.reportFile() != null) {
            answer.put("report", restored.reportFile().toString());
        }
        return answer;
    }

    private static ObjectNode failed(Failure failure) {
        ObjectNode answer = JSON.createObjectNode();
        answer.put("category", failure.category().wireName());
        answer.put("message", failure.message());
        answer.put("hint", failure.hint());
        return answer;
    }

    private RestoreWatch watch() {
        return new RestoreWatch() {
            private @Nullable RestorePhase last;
            private long lastAt;

            @Override
            public synchronized void progress(RestorePhase phase, long done, @Nullable Long total) {
                long now = System.nanoTime();
                if (phase != last || now - lastAt > BETWEEN_LINES_NANOS) {
                    last = phase;
                    lastAt = now;
                    ObjectNode line = JSON.createObjectNode();
                    line.put("phase", phase.wireName());
                    line.put("done", done);
                    if (total != null) {
                        line.put("total", total);
                    }
                    out.println(line);
                }
            }

            @Override
            public boolean stopRequested() {
                return false;
            }
        };
    }

    private static void remove(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(each);
            }
        }
    }
}
