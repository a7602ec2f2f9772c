package io.holdfast.restore.sandbox;

import io.holdfast.events.FailureCategory;
import io.holdfast.restore.RestoreException;
import io.holdfast.restore.cluster.Programs;
import io.holdfast.restore.cluster.RunAs;
import io.holdfast.restore.cluster.Surroundings;
import io.holdfast.runtime.work.WorkFolder;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A place of its own for a restored server and whatever looks at it. Mount, network, process, IPC and host name namespaces
 * are its own; its root is made anew, and of the host it shows, read-only, the programs that are needed and nothing else.
 * Only {@link #folder} is writable, and it has the same path in here and outside. There is no network, not even loopback:
 * servers are reached over their socket. All in it run as an unprivileged user who can get no more rights, each process with
 * limits, and first in line when the host runs out of memory.
 *
 * <p>Everything in it ends when it is closed, and also at once when the process that made it ends, however that happens: the
 * first process in it waits for the end of a pipe that only its maker holds, and with the first one the kernel ends all. Its
 * folder goes then with the next one that is opened, or with {@link #removeOrphans}. Thread safe.
 *
 * @see <a href="https://man7.org/linux/man-pages/man7/namespaces.7.html">namespaces(7)</a>
 * @see <a href="https://man7.org/linux/man-pages/man2/pivot_root.2.html">pivot_root(2)</a>
 */
public final class Sandbox implements Surroundings, AutoCloseable {
    /** What every program needs beside {@code /usr}, where the host has it. */
    private static final List<Path> SYSTEM = java.util.stream.Stream.of(
                    "/bin",
                    "/sbin",
                    "/lib",
                    "/lib32",
                    "/lib64",
                    "/etc/alternatives",
                    "/etc/group",
                    "/etc/ld.so.cache",
                    "/etc/localtime",
                    "/etc/nsswitch.conf",
                    "/etc/passwd")
            .map(Path::of)
            .toList();

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final WorkFolder work;
    private final Process maker;
    private final SandboxEntrance entrance;
    private final RunAs runAs;

    private Sandbox(WorkFolder work, Process maker, SandboxEntrance entrance, RunAs runAs) {
        this.work = work;
        this.maker = maker;
        this.entrance = entrance;
        this.runAs = runAs;
    }

    /**
     * Makes one.
     *
     * @param parent where its folder is made; those of dead processes are removed from there
     * @param shown what is to be seen in it beside the system's programs, such as PostgreSQL's installation; read-only
     * @throws RestoreException {@code configuration} where this host does not let us make namespaces
     */
    public static Sandbox open(Path parent, RunAs runAs, List<Path> shown, SandboxLimits limits)
            throws RestoreException, InterruptedException {
        Optional<Process> started = Optional.empty();
        Optional<WorkFolder> made = Optional.empty();
        try {
            WorkFolder work = WorkFolder.below(parent);
            made = Optional.of(work);
            directory(work.path().resolve("root"));
            directory(work.path().resolve("in"));
            Process maker = start(work.path(), runAs, shown, limits);
            started = Optional.of(maker);
            awaitReady(maker);
            ProcessHandle first =
                    maker.children().findFirst().orElseThrow(() -> cannotBeMade("its first process ended", null));
            Sandbox sandbox = new Sandbox(work, maker, SandboxEntrance.of(first.pid(), runAs, limits), runAs);
            made = Optional.empty();
            started = Optional.empty();
            return sandbox;
        } catch (IOException e) {
            throw cannotBeMade(String.valueOf(e.getMessage()), e);
        } finally {
            started.ifPresent(Process::destroyForcibly);
            made.ifPresent(WorkFolder::close);
        }
    }

    /** Removes what dead processes left below a folder. */
    public static void removeOrphans(Path parent) throws IOException {
        WorkFolder.removeOrphans(parent);
    }

    private static void directory(Path path) throws IOException {
        Files.createDirectory(path);
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static Process start(Path folder, RunAs runAs, List<Path> shown, SandboxLimits limits) throws IOException {
        List<String> command = new ArrayList<>(List.of("setsid", "unshare"));
        if (runAs instanceof RunAs.Myself) {
            command.addAll(List.of("--user", "--map-root-user"));
        }
        command.addAll(List.of(
                "--mount", "--net", "--ipc", "--uts", "--pid", "--fork", "--kill-child", "--propagation", "private"));
        command.addAll(List.of("--", "/bin/sh", "-c", SandboxRoot.MAKE, "sh", folder.toString()));
        command.add(runAs instanceof RunAs.Another user ? user.uid() + ":" + user.gid() : "0:0");
        command.add(Long.toString(limits.temporary()));
        SYSTEM.forEach(path -> command.add(path.toString()));
        shown.stream()
                .filter(path -> SYSTEM.stream().noneMatch(path::startsWith))
                .forEach(path -> command.add(path.toString()));
        return Programs.builder(command).redirectErrorStream(true).start();
    }

    private static void awaitReady(Process maker) throws IOException, RestoreException {
        StringBuilder said = new StringBuilder();
        BufferedReader out = maker.inputReader(StandardCharsets.UTF_8);
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            if (line.equals(SandboxRoot.READY)) {
                return;
            }
            said.append(said.isEmpty() ? "" : " | ").append(line);
        }
        throw cannotBeMade(said.toString(), null);
    }

    private static RestoreException cannotBeMade(String why, @org.jspecify.annotations.Nullable Exception cause) {
        return new RestoreException(
                FailureCategory.CONFIGURATION,
                "this host does not let the restore-worker make a sandbox: " + why + ".",
                "drills need namespaces: run the worker as root with CAP_SYS_ADMIN (in a container: --cap-add SYS_ADMIN and"
                        + " a seccomp profile that allows unshare and mount), or as an ordinary user where those may make"
                        + " user namespaces (user.max_user_namespaces, kernel.unprivileged_userns_clone);"
                        + " util-linux has to be installed.",
                cause);
    }

    /** What is writable in it: the same path in here and outside. The worker's own; it gives away what is in it. */
    public Path folder() {
        return work.path().resolve("in");
    }

    /** As whom everything in it runs. */
    public RunAs user() {
        return runAs;
    }

    @Override
    public List<String> command(RunAs as, List<Path> needed, List<String> inner) {
        return entrance.command(inner);
    }

    /**
     * Runs a program in it to its end.
     *
     * @param environment beside the bare one
     * @param limit after which it is ended
     */
    public Programs.Outcome run(List<String> command, Map<String, String> environment, Duration limit)
            throws RestoreException, InterruptedException {
        List<String> inner = new ArrayList<>(List.of("env"));
        environment.forEach((name, value) -> inner.add(name + "=" + value));
        inner.addAll(List.of("timeout", "--kill-after=5", Long.toString(Math.max(1, limit.toSeconds()))));
        inner.addAll(command);
        return SandboxedProgram.run(entrance.command(inner), limit.plus(PATIENCE));
    }

    @Override
    public ProcessHandle server(Process started) {
        return started.children().findFirst().orElse(started.toHandle());
    }

    @Override
    public Optional<Path> socketDirectory() {
        return Optional.of(Path.of(SandboxRoot.SOCKETS));
    }

    @Override
    public Path seenFromHere(Path inside) {
        return entrance.root().resolve(inside.getRoot().relativize(inside));
    }

    @Override
    public boolean hasNetwork() {
        return false;
    }

    /** Ends all in it and removes its folder. */
    @Override
    public void close() {
        boolean interrupted = Thread.interrupted();
        try {
            maker.getOutputStream().close();
            if (!maker.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                maker.destroyForcibly().waitFor();
            }
        } catch (IOException | InterruptedException e) {
            interrupted |= e instanceof InterruptedException;
            maker.destroyForcibly().onExit().join();
        } finally {
            work.close();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
