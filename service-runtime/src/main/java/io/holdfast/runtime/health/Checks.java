package io.holdfast.runtime.health;

import io.holdfast.runtime.configuration.HoldfastConfig;
import io.holdfast.runtime.definitions.DefinitionFollower;
import io.holdfast.runtime.definitions.Definitions;
import io.holdfast.runtime.outbox.OutboxRelay;
import io.holdfast.runtime.signing.ControlPlaneKey;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import javax.sql.DataSource;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Liveness;
import org.eclipse.microprofile.health.Readiness;

/** The named checks of every service. Each that fails says what is missing, and what to do. */
final class Checks {

    @Produces
    @Singleton
    @Readiness
    HealthCheck database(DataSource database) {
        return () -> answer("database", problemOf(database));
    }

    @Produces
    @Singleton
    @Readiness
    HealthCheck broker(BrokerWatch broker, HoldfastConfig config) {
        return () -> answer(
                "broker",
                broker.problem()
                        .map(problem -> "no answer from " + config.kafka() + " (" + problem
                                + "). HINT: HOLDFAST_KAFKA has to name a running broker."));
    }

    @Produces
    @Singleton
    @Readiness
    HealthCheck definitions(Definitions definitions) {
        return () -> answer(
                "definitions",
                definitions.caughtUp()
                        ? Optional.empty()
                        : Optional.of(
                                "not read to their end yet. HINT: they need the broker and the control plane key."));
    }

    @Produces
    @Singleton
    @Readiness
    HealthCheck controlPlaneKey(ControlPlaneKey key) {
        return () -> answer("control-plane-key", key.problem());
    }

    @Produces
    @Singleton
    @Liveness
    HealthCheck threads(OutboxRelay relay, DefinitionFollower follower) {
        return () -> {
            if (!relay.alive()) {
                return answer("threads", Optional.of("the outbox relay has ended. HINT: restart the service."));
            }
            return answer(
                    "threads",
                    follower.alive()
                            ? Optional.empty()
                            : Optional.of("definitions are no longer followed. HINT: restart the service."));
        };
    }

    private static Optional<String> problemOf(DataSource database) {
        try (Connection connection = database.getConnection()) {
            return connection.isValid(2) ? Optional.empty() : Optional.of("the connection is broken");
        } catch (SQLException e) {
            return Optional.of("no connection (" + e.getMessage()
                    + "). HINT: HOLDFAST_DATABASE_URL, _USER and _PASSWORD have to lead to a running PostgreSQL.");
        }
    }

    private static HealthCheckResponse answer(String name, Optional<String> problem) {
        HealthCheckResponseBuilder answer = HealthCheckResponse.named(name);
        problem.ifPresent(text -> answer.withData("missing", text));
        return answer.status(problem.isEmpty()).build();
    }
}
