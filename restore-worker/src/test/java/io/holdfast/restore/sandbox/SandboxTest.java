package io.holdfast.restore.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.holdfast.restore.RestoreException;
import io.holdfast.restore.cluster.Programs;
import io.holdfast.restore.cluster.RunAs;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SandboxTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final Programs programs = new Programs();

    @TempDir
    Path folder;

    @Test
    void what_runs_in_it_is_nobody_sees_nothing_of_the_host_and_writes_to_its_own_folder_alone() throws Exception {
        // given a file of the host that everybody may read and write
        Path open = Files.createDirectory(folder.resolve("open"));
        Files.setPosixFilePermissions(open, java.nio.file.attribute.PosixFilePermissions.fromString("rwxrwxrwx"));
        Files.writeString(open.resolve("known"), "of the host");

        try (Sandbox sandbox = open()) {
            Path own = Files.createDirectory(sandbox.folder().resolve("own"));
            sandbox.user().give(own);

            // when something in it looks around
            String seen = run(
                    sandbox,
                    "id -u; cat " + open + "/known; touch " + open + "/new; touch /new; touch /usr/new; touch /etc/new;"
                            + " mount -t tmpfs none /tmp; unshare --mount true; ls -A /proc | grep -c '^[0-9]';"
                            + " touch /tmp/mine && touch " + own + "/mine && echo written; ulimit -c");

            // then
            assertThat(seen)
                    .contains("cat: " + open + "/known: No such file")
                    .contains("touch: cannot touch '/new': Read-only file system")
                    .containsPattern("touch: cannot touch '/usr/new': (Read-only|Permission)")
                    .containsPattern("touch: cannot touch '/etc/new': (Read-only|Permission)")
                    .containsPattern("mount: .*(superuser|denied|permitted)")
                    .contains("written")
                    .endsWith("0\n");
            assertThat(seen.lines().findFirst())
                    .hasValueSatisfying(id -> assertThat(id).isNotEqualTo("0"));
            assertThat(open).isDirectoryNotContaining("glob:**new");
            assertThat(own.resolve("mine")).exists();
        }
    }

    @Test
    void a_listener_of_the_host_is_not_to_be_reached_from_it() throws Exception {
        try (ServerSocket listener = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
                Sandbox sandbox = open()) {
            String connect = "exec 3<>/dev/tcp/127.0.0.1/" + listener.getLocalPort() + " && echo connected";
            // given that it listens, as everybody outside can tell
            assertThat(programs.run(List.of("bash", "-c", connect), new byte[0], LIMIT)
                            .output())
                    .contains("connected");

            // when it is tried from inside, then it is not there
            Programs.Outcome inside = sandbox.run(List.of("bash", "-c", connect), Map.of(), LIMIT);
            assertThat(inside.output()).doesNotContain("connected").contains("Network is unreachable");
            assertThat(inside.exitCode()).isNotZero();
        }
    }

    @Test
    void what_is_mounted_below_usr_and_what_lies_strangely_there_is_not_in_it() throws Exception {
        assumeTrue(isRoot(), "skipped: only root can mount something below /usr");
        // given, in a mount namespace of a process of its own, a file system of another server below /usr
        String data = "/usr/share/doc";
        String script =
                "mount -t tmpfs -o mode=0777 data " + data + " && echo 17 > " + data + "/PG_VERSION && chmod 666 "
                        + data
                        + "/PG_VERSION && mount -t tmpfs none /usr/local && mkdir -m 777 -p /usr/local/pgsql/data /usr/local/bin"
                        + " && echo 17 > /usr/local/pgsql/data/PG_VERSION && exec \"$@\"";

        // when a sandbox is made there, in which somebody looks around
        Process maker = maker(
                List.of("unshare", "--mount", "--propagation", "private", "--", "sh", "-c", script, "sh"),
                "cat " + data + "/PG_VERSION /usr/local/pgsql/data/PG_VERSION; touch " + data + "/new && echo written;"
                        + " touch /usr/local/new && echo written; ls -d /usr/local/bin");
        List<String> said;
        try (BufferedReader out = maker.inputReader()) {
            said = out.lines().takeWhile(line -> !line.equals("held")).toList();
        } finally {
            maker.destroyForcibly().waitFor();
        }

        // then it is not there, and nothing can be written to where it is
        assertThat(said)
                .anyMatch(line -> line.contains(data + "/PG_VERSION: No such file"))
                .anyMatch(line -> line.contains("/usr/local/pgsql/data/PG_VERSION: No such file"))
                .contains("/usr/local/bin")
                .doesNotContain("written", "17");
    }

    @Test
    void nothing_of_it_is_left_once_it_is_closed() throws Exception {
        Path own;
        try (Sandbox sandbox = open()) {
            own = sandbox.folder();
            run(sandbox, "trap '' TERM INT HUP QUIT; setsid -f sleep 3662.5");
            assertThat(sleeping("3662.5")).isEqualTo(1);
        }
        assertThat(sleeping("3662.5")).isZero();
        assertThat(own).doesNotExist();
        assertThat(sandboxes()).isEmpty();
    }

    @Test
    void it_ends_at_once_with_the_process_that_made_it_and_its_folder_goes_with_the_next() throws Exception {
        // given a sandbox of another process
        Process maker = maker(List.of());
        try (BufferedReader said = maker.inputReader()) {
            assertThat(said.readLine()).isEqualTo("held");
            assertThat(sleeping("3661.5")).isEqualTo(1);

            // when that is killed
            assertThat(programs.run(List.of("kill", "-9", Long.toString(maker.pid())), new byte[0], LIMIT)
                            .exitCode())
                    .isZero();
            maker.waitFor();
        }

        // then what ran in it is gone, and what it wrote with the next one that is made
        for (int i = 0; sleeping("3661.5") > 0 && i < 200; i++) {
            Thread.sleep(50);
        }
        assertThat(sleeping("3661.5")).isZero();
        assertThat(sandboxes()).hasSize(1);
        Sandbox.removeOrphans(folder.resolve("sandboxes"));
        assertThat(sandboxes()).isEmpty();
    }

    @Test
    void where_there_are_no_namespaces_it_refuses_and_says_what_is_needed() throws Exception {
        assumeTrue(isRoot(), "skipped: only root can give the right up");
        // given a process as in a container, root without the right to make namespaces
        Process maker = maker(List.of("setpriv", "--bounding-set=-sys_admin", "--inh-caps=-all", "--"));

        // when it makes a sandbox
        String said;
        try (BufferedReader out = maker.inputReader()) {
            said = out.readLine();
        } finally {
            maker.destroyForcibly().waitFor();
        }

        // then
        assertThat(said)
                .startsWith("CONFIGURATION this host does not let the restore-worker make a sandbox")
                .contains("HINT: ");
        assertThat(sandboxes()).isEmpty();
    }

    @Test
    void an_ordinary_user_makes_one_as_well() throws Exception {
        assumeTrue(isRoot(), "skipped: runs as an ordinary user already, so the other tests show it");
        Path parent = Files.createDirectory(folder.resolve("sandboxes"));
        assertThat(programs.run(List.of("chown", "nobody", parent.toString()), new byte[0], LIMIT)
                        .exitCode())
                .isZero();
        Files.setPosixFilePermissions(folder, java.nio.file.attribute.PosixFilePermissions.fromString("rwxr-xr-x"));
        assumeTrue(
                programs.run(
                                        List.of(
                                                "setpriv",
                                                "--reuid=nobody",
                                                "--clear-groups",
                                                "unshare",
                                                "--user",
                                                "true"),
                                        new byte[0],
                                        LIMIT)
                                .exitCode()
                        == 0,
                "skipped: ordinary users may not make user namespaces here");
        Process maker = maker(List.of("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", "--"));
        try (BufferedReader said = maker.inputReader()) {
            assertThat(said.readLine()).isEqualTo("held");
            assertThat(sleeping("3661.5")).isEqualTo(1);
        } finally {
            maker.destroyForcibly().waitFor();
        }
        for (int i = 0; sleeping("3661.5") > 0 && i < 200; i++) {
            Thread.sleep(50);
        }
        assertThat(sleeping("3661.5")).isZero();
        Sandbox.removeOrphans(parent);
        assertThat(sandboxes()).isEmpty();
    }

    private Sandbox open() throws Exception {
        return Sandbox.open(folder.resolve("sandboxes"), RunAs.of("nobody", programs), List.of(), SandboxLimits.USUAL);
    }

    private static String run(Sandbox sandbox, String script) throws RestoreException, InterruptedException {
        return sandbox.run(List.of("sh", "-c", script), Map.of(), LIMIT).output();
    }

    private Process maker(List<String> as) throws IOException, RestoreException, InterruptedException {
        return maker(as, "true");
    }

    /** @param look a script that runs in the sandbox first; what it says comes before "held" */
    private Process maker(List<String> as, String look) throws IOException, RestoreException, InterruptedException {
        List<String> command = new ArrayList<>(as);
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                ownClasses(),
                HeldSandbox.class.getName(),
                folder.resolve("sandboxes").toString(),
                look));
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    /** Copies of the project's own classes, which an ordinary user can read; others are not needed. */
    private String ownClasses() throws IOException, RestoreException, InterruptedException {
        Path copies = Files.createDirectories(folder.resolve("classes"));
        List<String> command = new ArrayList<>(List.of("cp", "-rL", "--parents"));
        List<String> own = Stream.of(System.getProperty("java.class.path").split(":", -1))
                .filter(entry -> entry.contains("/target/"))
                .toList();
        command.addAll(own);
        command.add(copies.toString());
        assertThat(programs.run(command, new byte[0], LIMIT).exitCode()).isZero();
        assertThat(programs.run(List.of("chmod", "-R", "a+rX", copies.toString()), new byte[0], LIMIT)
                        .exitCode())
                .isZero();
        return own.stream().map(entry -> copies + entry).collect(Collectors.joining(":"));
    }

    /** How many sleep for just so long, in any namespace. */
    private static long sleeping(String seconds) throws IOException {
        try (Stream<Path> all = Files.list(Path.of("/proc"))) {
            return all.filter(each -> commandLine(each).equals("sleep\0" + seconds + "\0"))
                    .count();
        }
    }

    private static String commandLine(Path process) {
        try {
            return Files.readString(process.resolve("cmdline"));
        } catch (IOException none) {
            return "";
        }
    }

    private List<Path> sandboxes() throws IOException {
        Path parent = folder.resolve("sandboxes");
        if (!Files.isDirectory(parent)) {
            return List.of();
        }
        try (Stream<Path> all = Files.list(parent)) {
            return all.toList();
        }
    }

    private static boolean isRoot() throws IOException {
        return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
    }
}
