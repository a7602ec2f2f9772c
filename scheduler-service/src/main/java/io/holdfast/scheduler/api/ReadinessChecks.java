package io.holdfast.scheduler.api;

import io.holdfast.scheduler.catalog.CatalogFollower;
import io.holdfast.scheduler.configuration.ConfigurationFile;
import io.holdfast.scheduler.configuration.ConfigurationState;
import io.holdfast.scheduler.security.ApiToken;
import io.holdfast.scheduler.security.SigningKey;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.Optional;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Liveness;
import org.eclipse.microprofile.health.Readiness;

/** What the scheduler needs beside what every service needs. Each check that fails says what is missing, and what to do. */
final class ReadinessChecks {

    @Produces
    @Singleton
    @Readiness
    HealthCheck signingKey(SigningKey key) {
        return () -> answer("signing-key", key.problem());
    }

    @Produces
    @Singleton
    @Readiness
    HealthCheck token(ApiToken token) {
        return () -> answer("api-token", token.problem());
    }

    @Produces
    @Singleton
    @Readiness
    HealthCheck catalog(CatalogFollower follower) {
        return () -> answer(
                "catalog",
                follower.caughtUp()
                        ? Optional.empty()
                        : Optional.of("the log is not read yet. HINT: it needs the broker and the database."));
    }

    /** A file that turns bad later changes nothing, so it does not make a working service unready; it is shown. */
    @Produces
    @Singleton
    @Readiness
    HealthCheck configuration(ConfigurationFile configuration) {
        return () -> {
            ConfigurationState state = configuration.state();
            HealthCheckResponseBuilder answer = HealthCheckResponse.named("configuration");
            int number = 0;
            for (String problem : state.problems()) {
                number++;
                answer.withData("problem-" + number, problem);
            }
            if (state.accepted() == null && number == 0) {
                answer.withData("missing", "not in effect yet. HINT: it needs the database, the broker and the keys.");
            }
            return answer.status(state.accepted() != null).build();
        };
    }

    @Produces
    @Singleton
    @Liveness
    HealthCheck catalogThread(CatalogFollower follower) {
        return () -> answer(
                "catalog-thread",
                follower.alive()
                        ? Optional.empty()
                        : Optional.of("the log is no longer followed. HINT: restart the service."));
    }

    private static HealthCheckResponse answer(String name, Optional<String> problem) {
        HealthCheckResponseBuilder answer = HealthCheckResponse.named(name);
        problem.ifPresent(text -> answer.withData("missing", text));
        return answer.status(problem.isEmpty()).build();
    }
}
