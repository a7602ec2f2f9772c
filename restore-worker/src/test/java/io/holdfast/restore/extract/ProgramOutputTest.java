package io.holdfast.restore.extract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ProgramOutputTest {

    @Test
    void what_a_program_wrote_that_ended_well_is_whole() throws Exception {
        try (InputStream out = shell("echo all; echo noise >&2")) {
            assertThat(out.readAllBytes()).asString().isEqualTo("all\n");
        }
    }

    @Test
    void a_program_that_ended_badly_is_told_at_the_end_with_its_own_words() throws Exception {
        try (InputStream out = shell("echo a part; echo 'no such table' >&2; exit 3")) {
            assertThat(out.readNBytes(7)).asString().isEqualTo("a part\n");
            assertThatThrownBy(out::read)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("ended with exit code 3")
                    .hasMessageContaining("no such table");
        }
    }

    @Test
    void one_that_is_not_read_to_its_end_is_ended() throws Exception {
        Process endless = new ProcessBuilder("sh", "-c", "while :; do echo more; done").start();
        InputStream out = new ProgramOutput("endless", endless);
        assertThat(out.read()).isEqualTo('m');

        out.close();

        assertThat(endless.onExit()).succeedsWithin(Duration.ofSeconds(20));
    }

    private static InputStream shell(String script) throws IOException {
        return new ProgramOutput("sh", new ProcessBuilder(List.of("sh", "-c", script)).start());
    }
}
