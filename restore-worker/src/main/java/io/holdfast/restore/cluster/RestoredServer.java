package io.holdfast.restore.cluster;

import io.holdfast.events.FailureCategory;
import io.holdfast.restore.RestoreException;
import io.holdfast.restore.RestoreWatch;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A PostgreSQL server on a restored data directory. It is in a session of its own and holds nothing of the worker's, so
 * that it outlives it if it is left running. For one thread.
 *
 * @see <a href="https://www.postgresql.org/docs/current/server-start.html">Starting the database server</a>
 */
public final class RestoredServer {
    /** How long a clean stop may take, its last checkpoint included, before it is stopped the hard way. */
    private static final Duration STOP_LIMIT = Duration.ofMinutes(5);

    private static final Duration PAUSE = Duration.ofMillis(50);
    private static final int STATUS_LINE = 7;
    private static final int LONGEST_LOCK_FILE = 1 << 16;
    // Opened by the unprivileged user, so that no link of his leads root's pen elsewhere.
    private static final String LOGGING = "log=$1; shift; exec \"$@\" >>\"$log\" 2>&1";

    private final PostgresInstallation installation;
    private final ClusterPlaces places;
    private final RunAs runAs;
    private final Programs programs;
    private final StartedServers list;
    private final Surroundings surroundings;
    private @Nullable Process process;

    /**
     * @param list where it stands from before its start until its end is seen
     * @param surroundings what it runs in
     */
    public RestoredServer(
            PostgresInstallation installation,
            ClusterPlaces places,
            RunAs runAs,
            Programs programs,
            StartedServers list,
            Surroundings surroundings) {
        this.installation = installation;
        this.places = places;
        this.runAs = runAs;
        this.programs = programs;
        this.list = list;
        this.surroundings = surroundings;
    }

    /**
     * Starts the server; returns at once.
     *
     * @param settings for this start only, {@code name=value}
     */
    public void start(List<String> settings) throws RestoreException {
        start(settings, List.of());
    }

    /**
     * The same.
     *
     * @param also directories that it has to reach beside its own
     */
    public void start(List<String> settings, List<Path> also) throws RestoreException {
        List<String> inner = new ArrayList<>(
                List.of("/bin/sh", "-c", LOGGING, "sh", places.logFile().toString()));
        inner.addAll(postgres("-D", places.dataDirectory().toString()));
        settings.forEach(setting -> inner.addAll(List.of("-c", setting)));
        List<Path> reached = new ArrayList<>(needed());
        reached.addAll(also);
        List<String> command = new ArrayList<>(List.of("setsid"));
        command.addAll(surroundings.command(runAs, reached, inner));
        try {
            list.starting(places.dataDirectory());
            Process started = Programs.builder(command)
                    .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                    .redirectErrorStream(true)
                    .start();
            process = started;
            list.started(places.dataDirectory(), started.pid());
        } catch (IOException e) {
            throw new RestoreException(
                    FailureCategory.RECOVERY_FAILED,
                    "the server cannot be started: " + e.getMessage(),
                    "setsid, setpriv and unshare (util-linux) have to be installed.",
                    e);
        }
    }

    /** Waits until it runs as a server: its lock file is written. */
    public void awaitLockFile(RestoreWatch watch) throws RestoreException, InterruptedException {
        await(() -> Files.exists(places.lockFile()), watch);
    }

    /** Waits until it is open for work, which includes the end of recovery. */
    public void awaitReady(RestoreWatch watch) throws RestoreException, InterruptedException {
        await(this::isReady, watch);
    }

    /** Makes sure that it has not ended. */
    public void requireAlive() throws RestoreException {
        Process started = running();
        if (!started.isAlive()) {
            throw new RestoreException(
                    FailureCategory.RECOVERY_FAILED,
                    "the restored server ended with exit code " + started.exitValue() + ": " + why(started),
                    "see what it said, and verify the backup.");
        }
    }

    private void await(BooleanSupplier condition, RestoreWatch watch) throws RestoreException, InterruptedException {
        Process started = running();
        while (!condition.getAsBoolean()) {
            watch.goOn();
            if (started.waitFor(PAUSE.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new RestoreException(
                        FailureCategory.RECOVERY_FAILED,
                        "the restored server ended with exit code " + started.exitValue() + ": " + why(started),
                        "see what it said, and verify the backup.");
            }
        }
    }

    /** Stops it cleanly; the hard way if that takes too long. Does nothing if it does not run. */
    public void stop() throws RestoreException, InterruptedException {
        Process current = process;
        if (current == null || !current.isAlive()) {
            return;
        }
        signal("INT", surroundings.server(current).pid());
        if (!current.waitFor(STOP_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
            kill();
            throw new RestoreException(
                    FailureCategory.TIMEOUT,
                    "the restored server did not stop cleanly within " + STOP_LIMIT + ".",
                    "see " + places.logFile() + ".");
        }
        ended();
    }

    /** Stops it at once, without a checkpoint. Does nothing if it does not run. */
    public void kill() throws RestoreException, InterruptedException {
        Process current = process;
        if (current != null && current.isAlive()) {
            signal("QUIT", surroundings.server(current).pid());
            if (!current.waitFor(20, TimeUnit.SECONDS)) {
                current.destroyForcibly().waitFor();
            }
        }
        ended();
    }

    private void ended() throws RestoreException {
        process = null;
        try {
            list.ended(places.dataDirectory());
        } catch (IOException e) {
            throw new RestoreException(
                    FailureCategory.INTERNAL,
                    "the end of the restored server cannot be noted: " + e,
                    "see that the worker may write to its work directory.",
                    e);
        }
    }

    /** Stops what an earlier worker left running on this directory, at once. */
    public void killLeftover() throws RestoreException, InterruptedException {
        Optional<ProcessHandle> leftover = leftover();
        if (leftover.isPresent()) {
            signal("QUIT", leftover.get().pid());
            for (int i = 0; leftover.get().isAlive(); i++) {
                TimeUnit.MILLISECONDS.sleep(PAUSE.toMillis());
                if (i == 400) {
                    leftover.get().destroyForcibly();
                }
            }
        }
        ended();
    }

    /** The process that works in this data directory, if there is one. */
    private Optional<ProcessHandle> leftover() {
        try {
            List<String> lines = lockFile();
            long pid = Long.parseLong(lines.getFirst().strip());
            // A server's working directory is its data directory; a number used again by another process has another
            // one.
            Path cwd = Files.readSymbolicLink(Path.of("/proc", Long.toString(pid), "cwd"));
            return cwd.equals(places.dataDirectory()) ? ProcessHandle.of(pid) : Optional.empty();
        } catch (IOException | RuntimeException noneThere) {
            return Optional.empty();
        }
    }

    /**
     * The name of the superuser that the cluster was made with, asked in single-user mode: the server must not run.
     *
     * @see <a href="https://www.postgresql.org/docs/current/app-postgres.html">postgres, single-user mode</a>
     */
    public String firstSuperuser() throws RestoreException, InterruptedException {
        List<String> single = postgres(
                "--single", "-D", places.dataDirectory().toString(), "-c", "log_min_messages=fatal", "template1");
        String sql = "select pg_catalog.quote_ident(rolname) from pg_catalog.pg_authid where oid = 10\n";
        Programs.Outcome outcome = programs.run(
                surroundings.command(runAs, needed(), single),
                sql.getBytes(StandardCharsets.UTF_8),
                Duration.ofMinutes(1));
        int from = outcome.output().indexOf("quote_ident = \"");
        int to = outcome.output().indexOf("\"\t(typeid", from);
        if (outcome.exitCode() != 0 || from < 0 || to < 0) {
            throw new RestoreException(
                    FailureCategory.RECOVERY_FAILED,
                    "the name of the restored cluster's superuser cannot be found out.",
                    "start the server on " + places.dataDirectory() + " by hand and look at pg_roles.");
        }
        String name = outcome.output().substring(from + "quote_ident = \"".length(), to);
        return name.startsWith("\"") ? name.substring(1, name.length() - 1).replace("\"\"", "\"") : name;
    }

    private boolean isReady() {
        try {
            List<String> lines = lockFile();
            return lines.size() > STATUS_LINE && lines.get(STATUS_LINE).strip().equals("ready");
        } catch (IOException notYet) {
            return false;
        }
    }

    private List<String> lockFile() throws IOException {
        byte[] bytes = ForeignFiles.read(places.dataDirectory(), places.lockFile(), LONGEST_LOCK_FILE);
        return new String(bytes, StandardCharsets.UTF_8).lines().toList();
    }

    /** Every directory that the server has to reach. */
    private List<Path> needed() {
        List<Path> all = new ArrayList<>(places.all());
        all.add(installation.home());
        return all;
    }

    private List<String> postgres(String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(installation.program("postgres").toString());
        command.addAll(List.of(arguments));
        return command;
    }

    private void signal(String name, long pid) throws RestoreException, InterruptedException {
        // The JDK sends TERM and KILL only; the shell's own kill is on every host.
        programs.run(
                List.of("/bin/sh", "-c", "kill -s \"$1\" \"$2\"", "sh", name, Long.toString(pid)),
                new byte[0],
                Duration.ofSeconds(20));
    }

    private String why(Process ended) {
        try (var said = ended.inputReader(StandardCharsets.UTF_8)) {
            // The server itself writes to its log; here is only what those before it had to say.
            String before = said.lines().limit(5).reduce("", (all, line) -> all + line + " ");
            return before.isBlank() ? new ServerLog(places.dataDirectory(), places.logFile()).reason() : before.strip();
        } catch (IOException e) {
            return new ServerLog(places.dataDirectory(), places.logFile()).reason();
        }
    }

    private Process running() {
        Process current = process;
        if (current == null) {
            throw new IllegalStateException("the server was not started");
        }
        return current;
    }
}
