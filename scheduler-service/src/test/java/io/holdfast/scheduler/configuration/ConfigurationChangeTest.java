package io.holdfast.scheduler.configuration;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;

import io.holdfast.events.EventType;
import io.holdfast.events.Topic;
import io.holdfast.events.signing.SignatureCheck.Verdict;
import io.holdfast.events.wire.WireEvent;
import io.holdfast.runtime.definitions.Definitions;
import io.holdfast.runtime.signing.ControlPlaneKey;
import io.holdfast.runtime.signing.MissingKeyException;
import io.holdfast.scheduler.Await;
import io.holdfast.scheduler.SchedulerFiles;
import io.holdfast.scheduler.security.MissingSigningKeyException;
import io.holdfast.testing.KafkaBroker;
import io.holdfast.testing.ServiceDatabase;
import io.holdfast.testing.ServiceSurroundings;
import io.holdfast.testing.Surrounding;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@WithTestResource(ServiceSurroundings.class)
@WithTestResource(SchedulerFiles.class)
class ConfigurationChangeTest {

    @Surrounding
    KafkaBroker broker;

    @Surrounding
    ServiceDatabase database;

    @Nullable
    SchedulerFiles files;

    @Inject
    ControlPlaneKey key;

    @Inject
    DefinitionPublisher publisher;

    @Inject
    ConfigurationFile file;

    @Inject
    Definitions definitions;

    @AfterEach
    void the_file_is_as_it_was() {
        files().write(SchedulerFiles.BEGINNING);
        awaitTargets("billing", "orders");
        awaitSaid("env:BILLING_PASSWORD");
        awaitSaid("env:ORDERS_PASSWORD");
        Await.until(() -> assertThat(schedules()).isEqualTo("orders full 0 2 29 2 *"));
    }

    @Test
    void a_change_is_said_signed_and_only_what_differs() throws MissingKeyException {
        awaitTargets("billing", "orders");
        int before = records().size();

        files().write(SchedulerFiles.BEGINNING
                .replace("env:ORDERS_PASSWORD", "env:OTHER")
                .replace("  billing:", "  invoices:"));
        awaitTargets("invoices", "orders");

        Await.until(() -> assertThat(records()).hasSize(before + 3));
        for (WireEvent record : records()) {
            assertThat(key.check().check(record)).isInstanceOf(Verdict.Valid.class);
        }
        assertThat(records()).anySatisfy(record -> assertThat(text(record)).contains("env:OTHER"));
        assertThat(records())
                .anySatisfy(record -> assertThat(record.headers().get(WireEvent.TYPE))
                        .isEqualTo(EventType.DEFINITION_REMOVED.wireName()));
        assertThat(database.query("select next_due_at is not null from scheduler.schedule where target = 'orders'"))
                .isEqualTo("t");
    }

    @Test
    void a_bad_file_changes_nothing_and_is_told_about() {
        awaitTargets("billing", "orders");
        int before = records().size();

        files().write(SchedulerFiles.BEGINNING.replace("repository: main", "repository: mian"));

        Await.until(() -> health().body("status", equalTo("degraded"))
                .body(
                        "configuration.problems",
                        hasItem(containsString(
                                "holdfast.yaml:7:17: there is no repository `mian`. HINT: did you mean `main`?"))));
        health().body("targets.target", contains("billing", "orders"));
        given().get("/q/health/ready").then().body(containsString("mian"));
        assertThat(records()).hasSize(before);
        files().write(SchedulerFiles.BEGINNING);
        Await.until(() -> health().body("configuration.problems", empty()));
    }

    @Test
    void a_schedule_follows_the_file() {
        files().write(SchedulerFiles.BEGINNING.replace("0 2 29 2 *", "0 5 29 2 *"));
        Await.until(() -> assertThat(schedules()).isEqualTo("orders full 0 5 29 2 *"));

        files().write(SchedulerFiles.BEGINNING.replace("    schedule: { full: \"0 2 29 2 *\", time_zone: UTC }\n", ""));
        Await.until(() -> assertThat(schedules()).isEqualTo("null"));
    }

    @Test
    void several_instances_with_one_file_say_each_thing_once() throws Exception {
        awaitTargets("billing", "orders");
        int before = records().size();
        String text = SchedulerFiles.BEGINNING.replace("env:BILLING_PASSWORD", "env:NEW_PASSWORD");
        Configuration changed = ((ParsedConfiguration.Accepted) Configuration.parse(text)).configuration();
        files().write(text);

        List<Thread> instances = IntStream.range(0, 4)
                .mapToObj(i -> Thread.ofVirtual().start(() -> {
                    try {
                        publisher.publish(changed);
                    } catch (MissingSigningKeyException e) {
                        throw new IllegalStateException(e);
                    }
                }))
                .toList();
        for (Thread instance : instances) {
            instance.join();
        }

        Await.until(() -> assertThat(file.state().accepted()).isEqualTo(changed));
        awaitSaid("env:NEW_PASSWORD");
        assertThat(records()).hasSize(before + 1);
    }

    @Test
    void an_old_definition_that_is_appended_again_does_not_stay_the_last_one() {
        awaitTargets("billing", "orders");
        WireEvent old = lastOf("target/orders");
        files().write(SchedulerFiles.BEGINNING.replace("env:ORDERS_PASSWORD", "env:NEWER"));
        Await.until(() -> assertThat(text(lastOf("target/orders"))).contains("env:NEWER"));

        broker.send(old);

        Await.until(() -> {
            publish(file.state().accepted());
            assertThat(text(lastOf("target/orders"))).contains("env:NEWER");
            assertThat(definitions.overtaken()).isEmpty();
        });
    }

    private void publish(@Nullable Configuration configuration) {
        try {
            publisher.publish(Objects.requireNonNull(configuration));
        } catch (MissingSigningKeyException e) {
            throw new IllegalStateException(e);
        }
    }

    private WireEvent lastOf(String subject) {
        return records().stream()
                .filter(record -> subject.equals(record.key()))
                .reduce((first, second) -> second)
                .orElseThrow();
    }

    private static String text(WireEvent record) {
        return new String(record.data(), StandardCharsets.UTF_8);
    }

    private void awaitSaid(String part) {
        Await.until(() -> {
            assertThat(database.query("select count(*) from scheduler.definition where data like '%" + part + "%'"))
                    .isEqualTo("1");
            assertThat(database.query("select count(*) from scheduler.outbox where published_at is null"))
                    .isEqualTo("0");
        });
    }

    private String schedules() {
        return database.query("select string_agg(target || ' ' || kind || ' ' || cron, ',') from scheduler.schedule");
    }

    private static void awaitTargets(String... names) {
        Await.until(() -> health().body("targets.target", contains(names)).body("configuration.problems", empty()));
    }

    private List<WireEvent> records() {
        return broker.records(Topic.DEFINITIONS.topicName());
    }

    private SchedulerFiles files() {
        return Objects.requireNonNull(files);
    }

    private static ValidatableResponse health() {
        return given().auth()
                .oauth2(SchedulerFiles.TOKEN)
                .get("/api/backup/health")
                .then()
                .statusCode(200);
    }
}
