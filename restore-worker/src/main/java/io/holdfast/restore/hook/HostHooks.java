package io.holdfast.restore.hook;

import io.holdfast.events.FailureCategory;
import io.holdfast.restore.RestoreException;
import io.holdfast.restore.RestoreWatch;
import io.holdfast.restore.cluster.Programs;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The programs that this host's operator laid into one directory, to be run around restores by their names. They run as the
 * worker's own user, so that nobody else may be able to write to them. Thread safe.
 */
public final class HostHooks {
    private static final System.Logger LOG = System.getLogger(HostHooks.class.getName());
    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{0,62}");
    private static final long LOOK_MILLIS = 200;
    private static final Duration TO_END = Duration.ofSeconds(5);

    private final @Nullable Path directory;
    private final Duration limit;

    /**
     * @param directory absent: there are none, and whoever asks for one is refused
     * @param limit how long each may take
     */
    public HostHooks(@Nullable Path directory, Duration limit) {
        this.directory = directory;
        this.limit = limit;
    }

    /**
     * What became of one.
     *
     * @param exitCode absent: it took too long, and was ended
     * @param said the end of what it said, in one line
     */
    public record Outcome(String name, @Nullable Integer exitCode, Duration took, String said) {
        public boolean isWell() {
            return exitCode != null && exitCode == 0;
        }

        /** In words: {@code exit code 1: no such unit}. */
        public String text() {
            String how = exitCode == null ? "ended after " + took.toSeconds() + " s" : "exit code " + exitCode;
            return said.isEmpty() ? how : how + ": " + said;
        }
    }

    /** Makes sure that each of them could be run. */
    public void require(List<String> names) throws RestoreException {
        for (String name : names) {
            program(name);
        }
    }

    private Path program(String name) throws RestoreException {
        Path folder = directory;
        if (folder == null) {
            throw refused(
                    "the restore asks for the hook " + name + ", and this restore-worker has none.",
                    "put it into a directory that only root may write to, and name that in HOLDFAST_RESTORE_HOOKS.");
        }
        if (!NAME.matcher(name).matches()) {
            throw refused(
                    "the restore asks for a hook whose name is none.",
                    "hooks have 1 to 63 lower-case letters, digits, '.', '_' or '-'.");
        }
        try {
            Path program = folder.resolve(name);
            requireOurs(folder);
            requireOurs(program);
            if (!Files.isRegularFile(program, LinkOption.NOFOLLOW_LINKS) || !Files.isExecutable(program)) {
                throw refused(
                        "the hook " + program + " is no executable file.",
                        "make it one (chmod 0755), not a link to one.");
            }
            return program;
        } catch (IOException e) {
            throw new RestoreException(
                    FailureCategory.CONFIGURATION,
                    "the hook " + name + " is not in " + folder + ": " + e.getMessage() + ".",
                    "put it there, or leave it out; nothing was changed.",
                    e);
        }
    }

    /** What others may write to, they may make run as us. */
    private static void requireOurs(Path path) throws IOException, RestoreException {
        PosixFileAttributes found = Files.readAttributes(path, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        Set<PosixFilePermission> permissions = found.permissions();
        Object owner = Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS);
        Object we = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        if (!owner.equals(0) && !owner.equals(we)
                || permissions.contains(PosixFilePermission.GROUP_WRITE)
                || permissions.contains(PosixFilePermission.OTHERS_WRITE)) {
            throw refused(
                    path + " may be written to by others than root.",
                    "chown root it, and chmod go-w; nothing was changed.");
        }
    }

    /**
     * Runs one to its end.
     *
     * @param environment beside the bare one
     */
    public Outcome run(String name, Map<String, String> environment, RestoreWatch watch)
            throws RestoreException, InterruptedException {
        Path program = program(name);
        ProcessBuilder builder = Programs.builder(List.of(program.toString()));
        builder.environment().putAll(environment);
        builder.directory(new File("/"));
        long began = System.nanoTime();
        try {
            Process process = builder.redirectErrorStream(true)
                    .redirectInput(new File("/dev/null"))
                    .start();
            SaidLast said = new SaidLast(process.getInputStream());
            Integer exitCode;
            try {
                exitCode = await(process, watch);
            } finally {
                end(process);
            }
            Outcome outcome = new Outcome(name, exitCode, Duration.ofNanos(System.nanoTime() - began), said.text());
            LOG.log(
                    outcome.isWell() ? System.Logger.Level.INFO : System.Logger.Level.WARNING,
                    "The hook " + name + " of restore " + environment.get("HOLDFAST_RESTORE_ID") + " ended: "
                            + outcome.text());
            return outcome;
        } catch (IOException e) {
            throw new RestoreException(
                    FailureCategory.CONFIGURATION,
                    "the hook " + program + " cannot be run: " + e.getMessage() + ".",
                    "see that it begins with a line such as #!/bin/sh, and that what this names is there.",
                    e);
        }
    }

    private @Nullable Integer await(Process process, RestoreWatch watch) throws InterruptedException {
        long until = System.nanoTime() + limit.toNanos();
        while (System.nanoTime() < until) {
            watch.goOn();
            if (process.waitFor(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
                return process.exitValue();
            }
        }
        return null;
    }

    /** Ends it and what it started, if it still runs; what it left running after its own end is a service, and stays. */
    private static void end(Process process) {
        if (!process.isAlive()) {
            return;
        }
        boolean interrupted = Thread.interrupted();
        List<ProcessHandle> all = process.descendants().toList();
        process.destroy();
        try {
            if (!process.waitFor(TO_END.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            interrupted = true;
            process.destroyForcibly();
        } finally {
            all.forEach(ProcessHandle::destroyForcibly);
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static RestoreException refused(String what, String hint) {
        return new RestoreException(FailureCategory.CONFIGURATION, what, hint);
    }
}
