package io.holdfast.restore.hook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.holdfast.events.FailureCategory;
import io.holdfast.restore.RestoreException;
import io.holdfast.restore.RestorePhase;
import io.holdfast.restore.RestoreWatch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class HostHooksTest {
    private static final Map<String, String> RESTORE = Map.of("HOLDFAST_RESTORE_ID", "r1", "HOLDFAST_TARGET", "orders");

    @TempDir
    Path folder;

    private Path hooks = Path.of("/nowhere");

    @BeforeEach
    void a_directory_that_only_we_may_write_to() throws IOException {
        hooks = Files.createDirectory(folder.resolve("hooks"));
        mode(hooks, "rwxr-xr-x");
    }

    @Test
    void it_runs_with_what_it_is_told_and_nothing_of_ours() throws Exception {
        hook("stop-app", "env | sort; exit 0");

        HostHooks.Outcome outcome = hooks(Duration.ofSeconds(20)).run("stop-app", RESTORE, RestoreWatch.NONE);

        assertThat(outcome.isWell()).isTrue();
        assertThat(outcome.said())
                .contains("HOLDFAST_RESTORE_ID=r1 | HOLDFAST_TARGET=orders")
                .doesNotContain("JAVA_HOME", "USER=");
    }

    @Test
    void one_that_fails_is_told_with_the_end_of_what_it_said() throws Exception {
        hook(
                "stop-app",
                "i=0; while [ $i -lt 5000 ]; do echo line $i; i=$((i+1)); done; echo no such unit >&2; exit 4");

        HostHooks.Outcome outcome = hooks(Duration.ofSeconds(20)).run("stop-app", RESTORE, RestoreWatch.NONE);

        assertThat(outcome.isWell()).isFalse();
        assertThat(outcome.text()).startsWith("exit code 4: ").endsWith("line 4999 | no such unit");
        assertThat(outcome.said()).hasSizeLessThanOrEqualTo(2000);
    }

    @Test
    void one_that_takes_too_long_is_ended_with_what_it_started() throws Exception {
        hook("stop-app", "sleep 3671.5 & echo waiting; wait");

        HostHooks.Outcome outcome = hooks(Duration.ofSeconds(1)).run("stop-app", RESTORE, RestoreWatch.NONE);

        assertThat(outcome.isWell()).isFalse();
        assertThat(outcome.text()).contains("ended after").contains("waiting");
        assertThat(running("3671.5")).isFalse();
    }

    @Test
    void one_that_starts_a_service_and_leaves_it_with_its_output_is_not_waited_for() throws Exception {
        hook("start-app", "setsid sleep 3672.5 & echo started; exit 0");
        try {
            HostHooks.Outcome outcome = hooks(Duration.ofSeconds(20)).run("start-app", RESTORE, RestoreWatch.NONE);

            assertThat(outcome.text()).isEqualTo("exit code 0: started");
            assertThat(running("3672.5")).isTrue();
        } finally {
            ProcessHandle.allProcesses()
                    .filter(each -> each.info().commandLine().orElse("").endsWith("sleep 3672.5"))
                    .forEach(ProcessHandle::destroyForcibly);
        }
    }

    @Test
    void a_restore_that_is_stopped_ends_its_hook() throws Exception {
        hook("stop-app", "sleep 3673.5");
        RestoreWatch stopped = new RestoreWatch() {
            @Override
            public void progress(RestorePhase phase, long done, @Nullable Long total) {}

            @Override
            public boolean stopRequested() {
                return true;
            }
        };

        assertThatThrownBy(() -> hooks(Duration.ofMinutes(5)).run("stop-app", RESTORE, stopped))
                .isInstanceOf(InterruptedException.class);
        assertThat(running("3673.5")).isFalse();
    }

    @Test
    void what_is_not_there_or_may_be_changed_by_others_is_refused() throws Exception {
        hook("good", "exit 0");
        hook("writable", "exit 0");
        mode(hooks.resolve("writable"), "rwxr-xrwx");
        hook("plain", "exit 0");
        mode(hooks.resolve("plain"), "rw-r--r--");
        Files.createSymbolicLink(hooks.resolve("link"), Path.of("/bin/true"));

        hooks(Duration.ofSeconds(1)).require(List.of("good"));

        assertThat(refused("absent")).contains("is not in");
        assertThat(refused("../good")).contains("whose name is none");
        assertThat(refused("writable")).contains("written to by others");
        assertThat(refused("plain")).contains("no executable file");
        assertThat(refused("link")).isNotEmpty();
        mode(hooks, "rwxrwxr-x");
        assertThat(refused("good")).contains("written to by others");
        RestoreException none = catchThrowableOfType(
                RestoreException.class, () -> new HostHooks(null, Duration.ofSeconds(1)).require(List.of("good")));
        assertThat(none.failure().hint()).contains("HOLDFAST_RESTORE_HOOKS");
    }

    private String refused(String name) {
        RestoreException refused = catchThrowableOfType(
                RestoreException.class, () -> hooks(Duration.ofSeconds(1)).require(List.of("good", name)));
        assertThat(refused.failure().category()).isEqualTo(FailureCategory.CONFIGURATION);
        return refused.failure().message();
    }

    private static boolean running(String seconds) {
        return ProcessHandle.allProcesses()
                .anyMatch(each -> each.info().commandLine().orElse("").endsWith("sleep " + seconds));
    }

    private HostHooks hooks(Duration limit) {
        return new HostHooks(hooks, limit);
    }

    private void hook(String name, String script) throws IOException {
        Files.writeString(hooks.resolve(name), "#!/bin/sh\n" + script + "\n");
        mode(hooks.resolve(name), "rwxr-xr-x");
    }

    private static void mode(Path path, String mode) throws IOException {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
    }
}
