package io.holdfast.cli.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The main job from end to end: a live database backed up, verified, lost, restored and proven. */
class DemoTest {
    @TempDir
    Path folder;

    @BeforeEach
    void letOthersIn() throws IOException {
        Chain.open(folder);
    }

    @Test
    void a_live_database_is_backed_up_verified_lost_restored_and_proven() throws Exception {
        Path place = folder.resolve("demo");

        HoldfastScript.Ended demo = new HoldfastScript(folder)
                .run(Duration.ofMinutes(4), "demo", "--exit", "--json", "--data", place.toString());

        assertThat(demo.exitCode()).as(demo.errors()).isZero();
        JsonNode report = demo.json();
        assertThat(report.path("ok").asBoolean()).isTrue();
        assertThat(report.path("backup").path("bytes").asLong()).isGreaterThan(20_000_000);
        assertThat(report.path("backup").path("stored_bytes").asLong())
                .isPositive()
                .isLessThan(report.path("backup").path("bytes").asLong());
        assertThat(report.path("verification").path("level").asText()).isEqualTo("structure");
        assertThat(report.path("restore").path("rows_found").asLong())
                .isEqualTo(report.path("restore").path("rows_expected").asLong())
                .isGreaterThan(report.path("sample").path("rows_loaded").asLong());
        assertThat(report.path("sample").path("orders_lost").asLong()).isPositive();
        assertThat(place).doesNotExist();
        assertThat(Chain.processesMentioning(place)).isEmpty();
    }
}
