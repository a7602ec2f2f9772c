package io.holdfast.restore.logical;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.holdfast.events.RestoreId;
import io.holdfast.restore.RestorePhase;
import io.holdfast.restore.RestoreWatch;
import io.holdfast.testing.PostgresServer;
import java.util.UUID;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

// JUnit sets the field.
@SuppressWarnings("NullAway.Init")
class DestinationClaimTest {
    private static final RestoreId RESTORE = new RestoreId(new UUID(1, 2));

    private PostgresServer server;

    @BeforeEach
    void a_server() {
        server = PostgresServer.of(15).start();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void an_attempt_that_lost_its_claim_removes_nothing_of_what_another_completed() throws Exception {
        try (DestinationServer paused = destination()) {
            // given: an attempt that made the database and was cut off from the server, and another that completed it
            paused.claim(RestoreWatch.NONE);
            paused.prepare(null, false, RestoreWatch.NONE);
            server.query(
                    "postgres",
                    "select count(pg_terminate_backend(pid)) from pg_stat_activity where application_name = 'holdfast restore'");
            try (DestinationServer successor = destination()) {
                successor.claim(RestoreWatch.NONE);
                successor.prepare(null, false, RestoreWatch.NONE);
                server.execute("restored", "create table item as select 1 as id");
            }

            // when: the first one wakes and cleans up
            paused.undo();

            // then
            assertThat(server.query("restored", "select count(*) from item")).isEqualTo("1");
        }
    }

    @Test
    void a_second_attempt_begins_when_the_first_has_cleaned_up() throws Exception {
        Asked asked = new Asked(Integer.MAX_VALUE);
        try (DestinationServer second = destination()) {
            FutureTask<Boolean> prepared = new FutureTask<>(() -> {
                second.claim(asked);
                second.prepare(null, false, RestoreWatch.NONE);
                return true;
            });
            try (DestinationServer first = destination()) {
                first.claim(RestoreWatch.NONE);
                first.prepare(null, false, RestoreWatch.NONE);
                Thread.ofVirtual().start(prepared);
                await().until(() -> asked.times.get() > 1);
                assertThat(prepared.isDone()).isFalse();
                first.undo();
            }

            assertThat(prepared.get(60, TimeUnit.SECONDS)).isTrue();
            second.undo();
            assertThat(server.query("postgres", "select count(*) from pg_database where datname = 'restored'"))
                    .isEqualTo("0");
        }
    }

    @Test
    void who_waits_for_a_claim_can_be_stopped() throws Exception {
        try (DestinationServer first = destination();
                DestinationServer second = destination()) {
            first.claim(RestoreWatch.NONE);

            InterruptedException stopped =
                    catchThrowableOfType(InterruptedException.class, () -> second.claim(new Asked(2)));

            assertThat(stopped).isNotNull();
        }
    }

    private DestinationServer destination() {
        return new DestinationServer(
                new ServerAddress("127.0.0.1", server.port(), "postgres", null, "restored", "disable"), RESTORE);
    }

    /** Counts how often it was asked, and wants a stop from some time on. */
    private record Asked(int most, AtomicInteger times) implements RestoreWatch {
        private Asked(int most) {
            this(most, new AtomicInteger());
        }

        @Override
        public void progress(RestorePhase phase, long done, @Nullable Long total) {}

        @Override
        public boolean stopRequested() {
            return times.incrementAndGet() > most;
        }
    }
}
