package io.holdfast.cli.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.cli.output.CommandFailure;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsChoiceTest {
    private static final UpRequest NOTHING_ASKED = request(OptionalInt.empty(), Optional.empty());

    @TempDir
    Path root;

    private SettingsChoice choice;

    @BeforeEach
    void makeFolder() throws IOException {
        InstanceFolder folder = InstanceFolder.of(root);
        folder.create();
        choice = new SettingsChoice(folder, new ProcessBook(folder.run()), new LoopbackPorts(new Random(1)));
    }

    @Test
    void a_first_start_makes_a_configuration_and_gives_every_part_a_port_of_its_own() throws Exception {
        LocalSettings settings = choice.choose(Optional.empty(), NOTHING_ASKED);

        assertThat(settings.ports().values()).hasSize(8).doesNotHaveDuplicates();
        assertThat(settings.restoreRoots()).containsExactly("/");
        assertThat(Path.of(settings.configuration()))
                .content()
                .contains("repositories:", root.toUri().toString());
    }

    @Test
    void a_second_start_finds_what_the_first_one_chose() throws Exception {
        LocalSettings first = choice.choose(Optional.empty(), NOTHING_ASKED);
        first.write(root.resolve("settings.json"));

        LocalSettings second = choice.choose(LocalSettings.read(root.resolve("settings.json")), NOTHING_ASKED);

        assertThat(second).isEqualTo(first);
    }

    @Test
    void a_port_that_somebody_else_has_taken_meanwhile_is_replaced() throws Exception {
        LocalSettings first = choice.choose(Optional.empty(), NOTHING_ASKED);
        try (ServerSocket other = new ServerSocket(first.port("kafka"), 1, InetAddress.getLoopbackAddress())) {
            LocalSettings second = choice.choose(Optional.of(first), NOTHING_ASKED);

            assertThat(second.port("kafka")).isNotEqualTo(other.getLocalPort());
            assertThat(second.port("database")).isEqualTo(first.port("database"));
        }
    }

    @Test
    void a_port_that_was_asked_for_and_is_taken_is_a_failure_with_a_hint() throws Exception {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            UpRequest request = request(OptionalInt.of(other.getLocalPort()), Optional.empty());

            assertThatThrownBy(() -> choice.choose(Optional.empty(), request))
                    .isInstanceOf(CommandFailure.class)
                    .hasMessageContaining("port " + other.getLocalPort());
        }
    }

    @Test
    void a_configuration_that_is_not_there_is_a_failure() {
        UpRequest request = request(OptionalInt.empty(), Optional.of(root.resolve("none.yaml")));

        assertThatThrownBy(() -> choice.choose(Optional.empty(), request))
                .isInstanceOf(CommandFailure.class)
                .hasMessageContaining("none.yaml");
    }

    @Test
    void a_folder_without_postgres_is_no_installation() {
        UpRequest request =
                new UpRequest(OptionalInt.empty(), Optional.empty(), List.of(), List.of(root), Duration.ofSeconds(1));

        assertThatThrownBy(() -> choice.choose(Optional.empty(), request))
                .isInstanceOf(CommandFailure.class)
                .hasMessageContaining("no PostgreSQL installation");
    }

    @Test
    void a_configuration_that_somebody_wrote_is_not_overwritten() throws Exception {
        Files.writeString(root.resolve("holdfast.yaml"), "mine");

        choice.choose(Optional.empty(), NOTHING_ASKED);

        assertThat(root.resolve("holdfast.yaml")).hasContent("mine");
    }

    private static UpRequest request(OptionalInt port, Optional<Path> configuration) {
        return new UpRequest(port, configuration, List.of(), List.of(), Duration.ofSeconds(1));
    }
}
