package io.holdfast.backup.tool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InstallationsTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "pg_dump (PostgreSQL) 15.19 (Debian 15.19-0+deb12u1)|15|19",
                "pg_dump (PostgreSQL) 9.6.24|9|6",
                "pg_dump (PostgreSQL) 19beta1|19|0"
            })
    void versions_are_read_as_the_programs_write_them(String answer, int major, int minor) {
        ToolVersion version = ToolVersion.parse(answer).orElseThrow();
        assertThat(version.major()).isEqualTo(major);
        assertThat(version.minor()).isEqualTo(minor);
    }

    @Test
    void the_closest_version_that_is_not_older_is_taken_and_its_newest_minor() throws Exception {
        // given
        ScriptFolder.installation(folder.resolve("a"), "15.3");
        ScriptFolder.installation(folder.resolve("b"), "16.2");
        ScriptFolder.installation(folder.resolve("c"), "16.9");
        ScriptFolder.installation(folder.resolve("d"), "18.1");
        Installations installations = new Installations(List.of(folder.resolve("*")), List.of());

        // then
        assertThat(installations.suitableFor(15).version().text()).isEqualTo("15.3");
        assertThat(installations.suitableFor(16).version().text()).isEqualTo("16.9");
        assertThat(installations.suitableFor(17).version().text()).isEqualTo("18.1");
    }

    @Test
    void an_old_program_first_on_the_path_is_passed_over_for_a_later_one() throws Exception {
        Path old = ScriptFolder.installation(folder.resolve("old"), "9.6.24").resolve("bin");
        Path good = ScriptFolder.installation(folder.resolve("good"), "17.4").resolve("bin");
        Installations installations = Installations.of("/nowhere/at/all/*", old + ":" + good);

        assertThat(installations.suitableFor(17).programs()).isEqualTo(good);
    }

    @Test
    void where_all_are_too_old_the_refusal_says_what_was_found() throws Exception {
        Path old = ScriptFolder.installation(folder.resolve("old"), "9.6.24").resolve("bin");
        Installations installations = new Installations(List.of(), List.of(old));

        assertThatThrownBy(() -> installations.suitableFor(17))
                .isInstanceOf(ToolException.Unsuitable.class)
                .hasMessageContaining("PostgreSQL 17")
                .hasMessageContaining(old.resolve("pg_dump") + " is 9.6.24");
    }

    @Test
    void a_program_that_cannot_say_its_version_is_no_installation() throws Exception {
        new ScriptFolder(folder.resolve("broken/bin")).program("pg_dump", "exit 3");
        new ScriptFolder(folder.resolve("broken/bin")).program("pg_dumpall", "exit 3");
        Installations installations = new Installations(List.of(folder.resolve("broken")), List.of());

        assertThatThrownBy(() -> installations.suitableFor(15))
                .isInstanceOf(ToolException.Unsuitable.class)
                .hasMessageContaining("no pg_dump");
    }
}
