package io.holdfast.cli.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessIdentityTest {
    @TempDir
    Path folder;

    @Test
    void a_process_is_known_again_and_gone_once_it_ended() throws Exception {
        Process process = new ProcessBuilder("sleep", "60").start();
        try {
            ProcessIdentity identity = ProcessIdentity.of(process.pid()).orElseThrow();

            assertThat(identity.isAlive()).isTrue();

            process.destroyForcibly().waitFor();
            assertThat(identity.isAlive()).isFalse();
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void another_process_with_the_same_number_is_not_it() {
        ProcessIdentity self = ProcessIdentity.of(ProcessHandle.current().pid()).orElseThrow();

        assertThat(new ProcessIdentity(self.pid(), self.ticks() - 1, self.boot()).isAlive())
                .isFalse();
        assertThat(new ProcessIdentity(self.pid(), self.ticks(), "another boot").isAlive())
                .isFalse();
    }

    @Test
    void another_process_with_the_same_number_is_not_signalled() throws Exception {
        Process process = new ProcessBuilder("sleep", "60").start();
        try {
            ProcessIdentity real = ProcessIdentity.of(process.pid()).orElseThrow();

            ProcessLauncher.signal(new ProcessIdentity(real.pid(), real.ticks() - 1, real.boot()), "KILL");
            assertThat(real.isAlive()).isTrue();

            ProcessLauncher.signal(real, "KILL");
            process.waitFor();
            assertThat(real.isAlive()).isFalse();
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void what_a_dead_leader_left_behind_is_found_and_stopped() throws Exception {
        Launch launch = new Launch(List.of("sh", "-c", "sleep 61 & sleep 62"), Map.of(), false, folder);
        ProcessIdentity leader =
                ProcessLauncher.start(launch, folder.resolve("log")).orElseThrow();
        ProcessBook book = new ProcessBook(folder);
        book.enter("part", leader);
        awaitMembers(leader, 3);

        ProcessLauncher.signal(leader, "KILL");
        awaitMembers(leader, 2);

        assertThat(book.running("part")).isEmpty();
        assertThat(book.followers("part")).hasSize(2);
        for (ProcessIdentity follower : book.followers("part")) {
            ProcessLauncher.signal(follower, "KILL");
        }
        awaitMembers(leader, 0);
        book.tidy();
        assertThat(folder.resolve("part." + leader.pid() + ".json")).doesNotExist();
    }

    private static void awaitMembers(ProcessIdentity leader, int count) throws InterruptedException, IOException {
        long end = System.nanoTime() + 20_000_000_000L;
        while (leader.session().size() != count) {
            assertThat(System.nanoTime()).as("processes: " + leader.session()).isLessThan(end);
            Thread.sleep(20);
        }
    }
}
