package io.holdfast.runtime.signing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.events.signing.KeyFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ControlPlaneKeyTest {

    @TempDir
    private Path folder;

    @Test
    void without_a_configured_key_nothing_can_be_checked_and_the_hint_names_the_setting() {
        ControlPlaneKey key = new ControlPlaneKey((Path) null, Clock.systemUTC());

        assertThatThrownBy(key::check).isInstanceOf(MissingKeyException.class);
        assertThat(key.problem())
                .hasValueSatisfying(
                        problem -> assertThat(problem).contains("HINT:").contains("HOLDFAST_CONTROL_PLANE_PUBLIC_KEY"));
    }

    @Test
    void a_key_that_appears_later_is_found() throws IOException {
        Path file = folder.resolve("control-plane.pub");
        ControlPlaneKey key = new ControlPlaneKey(file, Clock.systemUTC());
        assertThat(key.problem()).isPresent();

        KeyFiles.create(folder.resolve("control-plane.key"), file);

        assertThat(key.problem()).isEmpty();
    }

    @Test
    void a_file_that_holds_no_key_is_named() throws IOException {
        Path file = Files.writeString(folder.resolve("control-plane.pub"), "no key");

        assertThat(new ControlPlaneKey(file, Clock.systemUTC()).problem())
                .hasValueSatisfying(problem -> assertThat(problem).contains(file.toString()));
    }
}
