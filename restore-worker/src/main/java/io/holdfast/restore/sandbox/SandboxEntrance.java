package io.holdfast.restore.sandbox;

import io.holdfast.restore.cluster.RunAs;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * How commands get into a sandbox, through its first process.
 *
 * @param first that process's number
 * @param uid as whom they run, in the numbers of this host
 * @param gid his group
 */
record SandboxEntrance(long first, RunAs runAs, long uid, long gid, SandboxLimits limits) {
    /** Raises how likely the kernel is to end a process when memory runs out; a server of production has 0. */
    private static final String FIRST_IN_LINE = "900";

    static SandboxEntrance of(long first, RunAs runAs, SandboxLimits limits) throws IOException {
        if (runAs instanceof RunAs.Another user) {
            return new SandboxEntrance(first, runAs, user.uid(), user.gid(), limits);
        }
        Path self = Path.of("/proc/self");
        return new SandboxEntrance(
                first,
                runAs,
                (Integer) Files.getAttribute(self, "unix:uid"),
                (Integer) Files.getAttribute(self, "unix:gid"),
                limits);
    }

    /** Where we see its root. */
    Path root() {
        return Path.of("/proc", Long.toString(first), "root");
    }

    /** As the sandbox's user, with its limits. */
    List<String> command(List<String> inner) {
        List<String> command = enter();
        command.addAll(List.of(
                "prlimit",
                "--core=0",
                "--as=" + allowed("Max address space", limits.memory()),
                "--nproc=" + allowed("Max processes", processes() + limits.processes()),
                "choom",
                "-n",
                FIRST_IN_LINE,
                "--"));
        if (runAs instanceof RunAs.Myself) {
            command.addAll(List.of("unshare", "--user", "--map-user=" + uid, "--map-group=" + gid, "--"));
            command.addAll(List.of("setpriv", "--no-new-privs", "--inh-caps=-all", "--"));
            command.addAll(inner);
        } else {
            command.addAll(runAs.command(inner));
        }
        return command;
    }

    private List<String> enter() {
        List<String> command = new ArrayList<>(List.of("nsenter", "--target", Long.toString(first)));
        if (runAs instanceof RunAs.Myself) {
            command.addAll(List.of("--user", "--preserve-credentials"));
        }
        command.addAll(List.of("--mount", "--net", "--ipc", "--uts", "--pid", "--"));
        return command;
    }

    /** A limit that is no looser than the worker's own: that not even root may set without a right to it. */
    private static long allowed(String name, long wanted) {
        try (Stream<String> all = Files.lines(Path.of("/proc/self/limits"))) {
            return all.filter(line -> line.startsWith(name))
                    .map(line -> line.substring(name.length()).strip().split("\\s+", 3)[1])
                    .filter(hard -> hard.chars().allMatch(Character::isDigit))
                    .mapToLong(Long::parseLong)
                    .map(hard -> Math.min(hard, wanted))
                    .findFirst()
                    .orElse(wanted);
        } catch (IOException e) {
            return wanted;
        }
    }

    /** How many the user has on this host already: the kernel counts them, too. */
    private int processes() {
        int count = 0;
        try (DirectoryStream<Path> all = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path each : all) {
                count += isHis(each) ? 1 : 0;
            }
            return count;
        } catch (IOException e) {
            return count;
        }
    }

    private boolean isHis(Path process) {
        try {
            return Integer.toUnsignedLong((Integer) Files.getAttribute(process, "unix:uid", LinkOption.NOFOLLOW_LINKS))
                    == uid;
        } catch (IOException ended) {
            return false;
        }
    }
}
