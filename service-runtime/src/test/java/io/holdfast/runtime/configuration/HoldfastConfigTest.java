package io.holdfast.runtime.configuration;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.runtime.configuration.DurationConverter;
import io.smallrye.config.EnvConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HoldfastConfigTest {

    @Test
    void defaults_are_those_of_one_machine() {
        HoldfastConfig config = config(Map.of());

        assertThat(config.kafka()).isEqualTo("127.0.0.1:9092");
        assertThat(config.database().url()).isEqualTo("jdbc:postgresql://127.0.0.1:5432/holdfast");
        assertThat(config.database().user()).isEqualTo("holdfast");
        assertThat(config.database().password()).isEmpty();
        assertThat(config.database().schema()).isEqualTo("public");
        assertThat(config.http().host()).isEqualTo("127.0.0.1");
        assertThat(config.http().port()).isEqualTo(8080);
        assertThat(config.instance()).isEmpty();
        assertThat(config.site()).isEmpty();
        assertThat(config.controlPlanePublicKey()).isEmpty();
        assertThat(config.workDirectory()).isEmpty();
        assertThat(config.jobs().concurrency()).isEqualTo(2);
        assertThat(config.jobs().attempts()).isEqualTo(3);
        assertThat(config.jobs().retryDelay()).isEqualTo(Duration.ofSeconds(10));
        assertThat(config.jobs().retryDelayLimit()).isEqualTo(Duration.ofMinutes(10));
        assertThat(config.jobs().heartbeat()).isEqualTo(Duration.ofSeconds(2));
        assertThat(config.jobs().polling()).isEqualTo(Duration.ofSeconds(1));
        assertThat(config.jobs().shutdownWait()).isEqualTo(Duration.ofSeconds(5));
        assertThat(config.outbox().polling()).isEqualTo(Duration.ofMillis(500));
        assertThat(config.outbox().keep()).isEqualTo(Duration.ofDays(1));
        assertThat(config.topics().replication()).isEqualTo((short) -1);
    }

    @Test
    void every_setting_is_an_environment_variable() {
        HoldfastConfig config = config(Map.ofEntries(
                Map.entry("HOLDFAST_KAFKA", "k:1"),
                Map.entry("HOLDFAST_DATABASE_URL", "jdbc:postgresql://d/h"),
                Map.entry("HOLDFAST_DATABASE_USER", "u"),
                Map.entry("HOLDFAST_DATABASE_PASSWORD", "p"),
                Map.entry("HOLDFAST_DATABASE_SCHEMA", "s"),
                Map.entry("HOLDFAST_HTTP_HOST", "0.0.0.0"),
                Map.entry("HOLDFAST_HTTP_PORT", "8084"),
                Map.entry("HOLDFAST_INSTANCE", "i"),
                Map.entry("HOLDFAST_SITE", "west"),
                Map.entry("HOLDFAST_CONTROL_PLANE_PUBLIC_KEY", "/keys/pub"),
                Map.entry("HOLDFAST_WORK_DIRECTORY", "/work"),
                Map.entry("HOLDFAST_JOBS_CONCURRENCY", "7"),
                Map.entry("HOLDFAST_JOBS_ATTEMPTS", "9"),
                Map.entry("HOLDFAST_JOBS_RETRY_DELAY", "1s"),
                Map.entry("HOLDFAST_JOBS_RETRY_DELAY_LIMIT", "2m"),
                Map.entry("HOLDFAST_JOBS_HEARTBEAT", "3s"),
                Map.entry("HOLDFAST_JOBS_POLLING", "4s"),
                Map.entry("HOLDFAST_JOBS_SHUTDOWN_WAIT", "6s"),
                Map.entry("HOLDFAST_OUTBOX_POLLING", "8s"),
                Map.entry("HOLDFAST_OUTBOX_KEEP", "10d"),
                Map.entry("HOLDFAST_TOPICS_REPLICATION", "3")));

        assertThat(config.kafka()).isEqualTo("k:1");
        assertThat(config.database().url()).isEqualTo("jdbc:postgresql://d/h");
        assertThat(config.database().user()).isEqualTo("u");
        assertThat(config.database().password()).hasValue("p");
        assertThat(config.database().schema()).isEqualTo("s");
        assertThat(config.http().host()).isEqualTo("0.0.0.0");
        assertThat(config.http().port()).isEqualTo(8084);
        assertThat(config.instance()).hasValue("i");
        assertThat(config.site()).hasValue("west");
        assertThat(config.controlPlanePublicKey()).hasValue(Path.of("/keys/pub"));
        assertThat(config.workDirectory()).hasValue(Path.of("/work"));
        assertThat(config.jobs().concurrency()).isEqualTo(7);
        assertThat(config.jobs().attempts()).isEqualTo(9);
        assertThat(config.jobs().retryDelay()).isEqualTo(Duration.ofSeconds(1));
        assertThat(config.jobs().retryDelayLimit()).isEqualTo(Duration.ofMinutes(2));
        assertThat(config.jobs().heartbeat()).isEqualTo(Duration.ofSeconds(3));
        assertThat(config.jobs().polling()).isEqualTo(Duration.ofSeconds(4));
        assertThat(config.jobs().shutdownWait()).isEqualTo(Duration.ofSeconds(6));
        assertThat(config.outbox().polling()).isEqualTo(Duration.ofSeconds(8));
        assertThat(config.outbox().keep()).isEqualTo(Duration.ofDays(10));
        assertThat(config.topics().replication()).isEqualTo((short) 3);
    }

    private static HoldfastConfig config(Map<String, String> environment) {
        SmallRyeConfig config = new SmallRyeConfigBuilder()
                .addDefaultInterceptors()
                .withSources(new EnvConfigSource(environment, 300))
                .withConverter(Duration.class, 200, new DurationConverter())
                .withMapping(HoldfastConfig.class)
                .build();
        return config.getConfigMapping(HoldfastConfig.class);
    }
}
