package io.holdfast.cli.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RestoredServersTest {
    @TempDir
    Path folder;

    private final List<Process> started = new ArrayList<>();
    private Path list;
    private Path data;

    @BeforeEach
    void folders() throws IOException {
        list = Files.createDirectory(folder.resolve("servers"));
        data = Files.createDirectory(folder.resolve("data"));
    }

    @AfterEach
    void end() {
        started.forEach(Process::destroyForcibly);
    }

    @Test
    void a_listed_server_is_stopped_although_nobody_knows_its_worker() throws Exception {
        Process server = working(data);
        Files.writeString(list.resolve("a.server"), server.pid() + "\n" + data);

        List<ProcessIdentity> left = stopper().stopRestored(new RestoredServers(list));

        assertThat(left).isEmpty();
        assertThat(server.waitFor()).isNotZero();
        assertThat(list).isEmptyDirectory();
    }

    @Test
    void a_server_that_was_being_started_when_its_worker_died_is_stopped() throws Exception {
        Process server = working(data);
        Files.writeString(list.resolve("a.server"), "starting\n" + data);

        stopper().stopRestored(new RestoredServers(list));

        assertThat(server.waitFor()).isNotZero();
    }

    @Test
    void a_server_that_somebody_else_started_on_a_restored_directory_is_left_alone() throws Exception {
        Process ours = working(data);
        ours.destroyForcibly().waitFor();
        Process theirs = working(data);
        Process elsewhere = working(folder);
        Files.writeString(list.resolve("a.server"), ours.pid() + "\n" + data);
        Files.writeString(list.resolve("b.server"), elsewhere.pid() + "\n" + data.resolve("gone"));

        stopper().stopRestored(new RestoredServers(list));

        assertThat(theirs.isAlive()).isTrue();
        assertThat(elsewhere.isAlive()).isTrue();
        assertThat(list).isEmptyDirectory();
    }

    @Test
    void no_list_is_an_empty_one() throws Exception {
        assertThat(new RestoredServers(folder.resolve("none")).running()).isEmpty();
    }

    private Process working(Path directory) throws IOException {
        Process process =
                new ProcessBuilder("sleep", "60").directory(directory.toFile()).start();
        started.add(process);
        return process;
    }

    private PartStopper stopper() {
        return new PartStopper(new ProcessBook(folder), new Unheard());
    }

    private static final class Unheard implements StartReport {
        @Override
        public void starting(String part) {}

        @Override
        public void ready(String part, Duration after) {}

        @Override
        public void stopping(String part) {}
    }
}
