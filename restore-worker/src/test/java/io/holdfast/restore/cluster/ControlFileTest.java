package io.holdfast.restore.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.holdfast.restore.RestoreException;
import io.holdfast.testing.PostgresServer;
import java.nio.file.Files;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ControlFileTest {

    @ParameterizedTest
    @ValueSource(ints = {15, 16, 17, 18})
    void what_it_says_is_what_the_server_says(int major) throws Exception {
        try (PostgresServer server = PostgresServer.of(major)
                .setting("max_connections", "23")
                .setting("max_worker_processes", "11")
                .setting("max_wal_senders", "3")
                .setting("max_prepared_transactions", "5")
                .setting("max_locks_per_transaction", "77")
                .setting("track_commit_timestamp", "on")
                .start()) {
            ControlFile running = ControlFile.of(server.dataDirectory());
            String identifier = server.query("postgres", "select system_identifier from pg_control_system()");
            server.stop();
            ControlFile stopped = ControlFile.of(server.dataDirectory());

            assertThat(Long.toUnsignedString(running.systemIdentifier())).isEqualTo(identifier);
            assertThat(running.limits()).isEqualTo(new ControlFile.Limits(23, 11, 3, 5, 77, true));
            assertThat(running.timeline()).isEqualTo(1);
            assertThat(running.inProduction()).isTrue();
            assertThat(running.cleanlyStopped()).isFalse();
            assertThat(stopped.cleanlyStopped()).isTrue();

            // and one flipped bit is found
            byte[] bytes = Files.readAllBytes(server.dataDirectory().resolve(ControlFile.PATH));
            bytes[180] ^= 1;
            RestoreException failure =
                    catchThrowableOfType(RestoreException.class, () -> ControlFile.parse(bytes, "pg_control"));
            assertThat(failure).hasMessageContaining("checksum");
        }
    }
}
