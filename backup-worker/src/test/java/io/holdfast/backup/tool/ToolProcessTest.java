package io.holdfast.backup.tool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ToolProcessTest {
    private static final ToolLimits PATIENT = new ToolLimits(Duration.ofSeconds(50), Duration.ofSeconds(50));

    @TempDir
    private Path folder;

    private ScriptFolder scripts;

    @BeforeEach
    void makeFolder() throws IOException {
        scripts = new ScriptFolder(folder);
    }

    @Test
    void what_a_program_writes_arrives_whole_and_in_order() throws Exception {
        Path program = scripts.program("tool", "seq 1 200000");
        ByteArrayOutputStream taken = new ByteArrayOutputStream();

        run(program, PATIENT, (bytes, length) -> taken.write(bytes, 0, length));

        assertThat(taken.toString(StandardCharsets.US_ASCII))
                .startsWith("1\n2\n")
                .endsWith("199999\n200000\n");
    }

    @Test
    void an_exit_code_fails_with_the_last_lines_of_standard_error() throws Exception {
        Path program = scripts.program("tool", "seq 1 100000 >&2; echo 'the reason' >&2; exit 7");

        assertThatThrownBy(() -> run(program, PATIENT, (bytes, length) -> {}))
                .isInstanceOf(ToolException.Failed.class)
                .hasMessageContaining("tool ended with exit code 7")
                .hasMessageEndingWith("100000 | the reason");
    }

    @Test
    void a_program_that_was_killed_fails_though_it_had_written_all() throws Exception {
        Path program = scripts.program("tool", "echo all; kill -9 $$");

        assertThatThrownBy(() -> run(program, PATIENT, (bytes, length) -> {}))
                .isInstanceOf(ToolException.Failed.class)
                .hasMessageContaining("signal 9");
    }

    @Test
    void a_silent_program_is_stopped_with_its_children() throws Exception {
        Path program = scripts.program("tool", "sleep 600 & echo $! > " + folder + "/child; wait");

        assertThatThrownBy(() ->
                        run(program, new ToolLimits(Duration.ofMillis(700), Duration.ofSeconds(50)), (b, n) -> {}))
                .isInstanceOf(ToolException.Stuck.class)
                .hasMessageContaining("wrote nothing for too long");
        assertGone(Files.readString(folder.resolve("child")).strip());
    }

    @Test
    void a_program_that_goes_on_for_ever_is_stopped() throws Exception {
        Path program = scripts.program("tool", "exec yes");

        assertThatThrownBy(() ->
                        run(program, new ToolLimits(Duration.ofSeconds(50), Duration.ofMillis(500)), (b, n) -> {}))
                .isInstanceOf(ToolException.Stuck.class)
                .hasMessageContaining("took too long");
    }

    @Test
    void time_spent_by_whoever_takes_the_bytes_is_not_the_programs_silence() throws Exception {
        Path program = scripts.program("tool", "echo one; echo two");
        ByteArrayOutputStream taken = new ByteArrayOutputStream();

        run(program, new ToolLimits(Duration.ofSeconds(2), Duration.ofSeconds(50)), (bytes, length) -> {
            taken.write(bytes, 0, length);
            await(Duration.ofMillis(2500));
        });

        assertThat(taken.toString(StandardCharsets.US_ASCII)).isEqualTo("one\ntwo\n");
    }

    @Test
    void an_interrupt_ends_the_program_though_it_writes_nothing() throws Exception {
        Path program = scripts.program("tool", "echo $$; exec sleep 600");
        CompletableFuture<String> pid = new CompletableFuture<>();
        CompletableFuture<Throwable> outcome = new CompletableFuture<>();
        Thread reader = Thread.ofVirtual().start(() -> {
            try {
                run(
                        program,
                        PATIENT,
                        (bytes, length) ->
                                pid.complete(new String(bytes, 0, length, StandardCharsets.US_ASCII).strip()));
                outcome.complete(new AssertionError("ended by itself"));
            } catch (IOException | InterruptedException e) {
                outcome.complete(e);
            }
        });

        String child = pid.get();
        reader.interrupt();

        assertThat(outcome.get()).isInstanceOf(InterruptedException.class);
        assertGone(child);
    }

    @Test
    void a_failure_of_whoever_takes_the_bytes_comes_out_and_ends_the_program() throws Exception {
        Path program = scripts.program("tool", "echo $$ > " + folder + "/child; exec yes");

        assertThatThrownBy(() -> run(program, PATIENT, (bytes, length) -> {
                    throw new IOException("disk full");
                }))
                .isInstanceOf(IOException.class)
                .hasMessage("disk full");
        assertGone(Files.readString(folder.resolve("child")).strip());
    }

    @Test
    void nothing_of_our_own_environment_reaches_the_program() throws Exception {
        Path program = scripts.program("tool", "env");
        ByteArrayOutputStream taken = new ByteArrayOutputStream();

        new ToolProcess(new ToolCommand(program, List.of(), Map.of("PGAPPNAME", "x")), PATIENT)
                .run((bytes, length) -> taken.write(bytes, 0, length));

        assertThat(taken.toString(StandardCharsets.UTF_8).lines().map(line -> line.replaceAll("=.*", "")))
                .isSubsetOf("PATH", "LD_LIBRARY_PATH", "TZ", "LC_ALL", "PGAPPNAME", "PWD", "OLDPWD", "SHLVL", "_")
                .contains("PGAPPNAME", "LC_ALL");
    }

    @Test
    void a_process_that_was_left_behind_and_keeps_the_output_open_fails_the_program_and_holds_nobody_up()
            throws Exception {
        Path program = scripts.program("tool", "echo all; sleep 600 & echo $! > " + folder + "/child");
        ByteArrayOutputStream taken = new ByteArrayOutputStream();

        assertThatThrownBy(() -> run(program, PATIENT, (bytes, length) -> taken.write(bytes, 0, length)))
                .isInstanceOf(ToolException.BadOutput.class)
                .hasMessageContaining("tool ended, but a process that it left behind keeps its output open");
        assertThat(taken.toString(StandardCharsets.US_ASCII)).isEqualTo("all\n");
        endLeftBehind();
    }

    @Test
    void the_failure_of_a_program_counts_more_than_what_it_left_behind() throws Exception {
        Path program = scripts.program("tool", "sleep 600 & echo $! > " + folder + "/child; echo why >&2; exit 3");

        assertThatThrownBy(() -> run(program, PATIENT, (bytes, length) -> {}))
                .isInstanceOf(ToolException.Failed.class)
                .hasMessageContaining("exit code 3")
                .hasMessageEndingWith("why");
        endLeftBehind();
    }

    @Test
    void a_process_that_was_left_behind_and_keeps_only_standard_error_open_holds_nobody_up() throws Exception {
        Path program = scripts.program("tool", "echo all; sleep 600 >&- & echo $! > " + folder + "/child");
        ByteArrayOutputStream taken = new ByteArrayOutputStream();

        run(program, PATIENT, (bytes, length) -> taken.write(bytes, 0, length));

        assertThat(taken.toString(StandardCharsets.US_ASCII)).isEqualTo("all\n");
        endLeftBehind();
    }

    private void endLeftBehind() throws IOException {
        long pid = Long.parseLong(Files.readString(folder.resolve("child")).strip());
        ProcessHandle.of(pid).orElseThrow().destroyForcibly();
    }

    @Test
    void a_program_that_cannot_be_started_fails() {
        assertThatThrownBy(() -> run(folder.resolve("none"), PATIENT, (bytes, length) -> {}))
                .isInstanceOf(ToolException.Failed.class)
                .hasMessageContaining("cannot be started");
    }

    private static void run(Path program, ToolLimits limits, ToolProcess.Output output)
            throws IOException, InterruptedException {
        new ToolProcess(new ToolCommand(program, List.of(), Map.of()), limits).run(output);
    }

    private static void await(Duration time) throws IOException {
        try {
            if (new CountDownLatch(1).await(time.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IOException("nobody counts down");
            }
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    // A grandchild is reaped by init in its own time, and until then looks alive to the JDK; /proc tells it apart.
    private static void assertGone(String pid) throws IOException, InterruptedException {
        Path status = Path.of("/proc", pid, "stat");
        while (Files.exists(status) && !ended(status)) {
            TimeUnit.MILLISECONDS.sleep(10);
        }
    }

    private static boolean ended(Path status) throws IOException {
        try {
            return Files.readString(status).contains(") Z ");
        } catch (IOException e) {
            return true;
        }
    }
}
