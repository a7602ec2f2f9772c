package io.holdfast.cli.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.events.BackupKind;
import io.holdfast.events.Event;
import io.holdfast.events.EventIds;
import io.holdfast.events.FailureCategory;
import io.holdfast.events.TargetId;
import io.holdfast.events.Topic;
import io.holdfast.events.backup.BackupCompleted;
import io.holdfast.events.request.BackupRequested;
import io.holdfast.events.restore.RestoreCompleted;
import io.holdfast.events.restore.RestoreEvent;
import io.holdfast.events.wire.EventCodec;
import io.holdfast.events.wire.WireEvent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What comes in twice, broken, unsigned or damaged, and what is then said of it. */
@Tag("long")
class RefusalsTest {
    private static Orders orders;
    private static RunningHoldfast holdfast;
    private static Log log;

    @TempDir
    static Path folder;

    @BeforeAll
    static void start() throws Exception {
        Chain.open(folder);
        orders = Orders.start(18, folder, 5);
        holdfast = RunningHoldfast.start(
                folder,
                Orders.configuration(
                        folder,
                        orders.target("orders"),
                        orders.target("damaged"),
                        Orders.target("wrong", orders.server().port(), "env:WRONG_PASSWORD_IS_NOT_SET"),
                        Orders.target("nobody", Chain.freePort(), "file:" + folder.resolve("password-18"))));
        log = new Log(holdfast.kafka());
    }

    @AfterAll
    static void stop() throws Exception {
        holdfast.close();
        orders.close();
    }

    @Test
    void a_request_delivered_ten_times_makes_one_backup() throws Exception {
        Event<BackupRequested> request = request("orders");

        log.say(new EventCodec().encode(request), 10);

        String id = request.id().value();
        holdfast.until(
                "it to be verified",
                () -> holdfast.backup(id).path("status").asText().equals("verified"));
        assertThat(log.said(BackupCompleted.class).stream()
                        .filter(event -> event.correlationId().equals(request.id())))
                .hasSize(1);
    }

    @Test
    void malformed_unknown_and_oversized_events_become_dead_letters_and_work_goes_on() throws Exception {
        WireEvent good = new EventCodec().encode(request("orders"));
        Map<String, String> unknown = new HashMap<>(good.headers());
        unknown.put(WireEvent.TYPE, "io.holdfast.backup.wished.v1");
        unknown.put(WireEvent.ID, "unknown-1");
        Map<String, String> broken = new HashMap<>(good.headers());
        broken.put(WireEvent.ID, "broken-1");
        Map<String, String> oversized = new HashMap<>(good.headers());
        oversized.put(WireEvent.ID, "oversized-1");

        log.say(new WireEvent(good.topic(), good.key(), unknown, good.data()), 1);
        log.say(new WireEvent(good.topic(), good.key(), broken, "{\"target\":".getBytes(StandardCharsets.UTF_8)), 1);
        log.say(new WireEvent(good.topic(), good.key(), oversized, new byte[EventCodec.MAX_BYTES + 1]), 1);
        log.say(good, 1);

        String id = good.headers().getOrDefault(WireEvent.ID, "");
        holdfast.until(
                "the good one to be verified",
                () -> holdfast.backup(id).path("status").asText().equals("verified"));
        for (String bad : List.of("unknown-1", "broken-1", "oversized-1")) {
            holdfast.until(
                    bad + " to be a dead letter",
                    () -> log.read(Topic.DEAD_LETTERS).stream()
                            .anyMatch(letter -> bad.equals(letter.headers().get(WireEvent.ID))
                                    && !letter.headers()
                                            .getOrDefault("holdfast-cause", "")
                                            .isBlank()));
        }
    }

    @Test
    void an_unsigned_and_a_replayed_restore_request_write_nothing() throws Exception {
        String backup = verified("orders");
        Path into = folder.resolve("once");
        holdfast.ok("restore", "--backup", backup, "--into", into.toString());
        WireEvent signed = log.read(Topic.RESTORE_REQUESTS).getLast();
        Map<String, String> unsigned = new HashMap<>(signed.headers());
        unsigned.keySet().removeIf(name -> name.contains("signature"));
        unsigned.put(
                WireEvent.ID,
                new EventIds(Clock.systemUTC(), new Random()).next().value());
        Path elsewhere = folder.resolve("elsewhere");
        byte[] changed = new String(signed.data(), StandardCharsets.UTF_8)
                .replace(into.toString(), elsewhere.toString())
                .getBytes(StandardCharsets.UTF_8);
        long restoredBefore = log.said(RestoreCompleted.class).size();

        log.say(new WireEvent(signed.topic(), signed.key(), unsigned, changed), 1);
        log.say(new WireEvent(signed.topic(), signed.key(), signed.headers(), changed), 1);
        log.say(signed, 1);

        holdfast.until(
                "the unsigned one to be refused",
                () -> log.read(Topic.DEAD_LETTERS).stream()
                                .anyMatch(letter -> unsigned.get(WireEvent.ID)
                                        .equals(letter.headers().get(WireEvent.ID)))
                        || log.said(RestoreEvent.class).stream()
                                .anyMatch(event -> event.correlationId().value().equals(unsigned.get(WireEvent.ID))));
        // A restore after them in the same queue shows that they were looked at.
        holdfast.ok(
                "restore", "--backup", backup, "--into", folder.resolve("twice").toString());
        assertThat(elsewhere).doesNotExist();
        assertThat(log.said(RestoreCompleted.class)).hasSize((int) restoredBefore + 1);
    }

    @Test
    void a_missing_password_and_a_silent_host_fail_with_category_and_hint() throws Exception {
        HoldfastScript.Ended wrong = holdfast.run("backup", "--target", "wrong", "--wait");
        HoldfastScript.Ended nobody = holdfast.run("backup", "--target", "nobody", "--wait");

        assertThat(wrong.exitCode()).isEqualTo(FailureCategory.CONFIGURATION.exitCode());
        assertThat(wrong.json().path("message").asText()).contains("WRONG_PASSWORD_IS_NOT_SET");
        assertThat(nobody.exitCode()).isEqualTo(FailureCategory.CONNECTION.exitCode());
        for (JsonNode failed : List.of(wrong.json(), nobody.json())) {
            assertThat(failed.path("status").asText()).isEqualTo("failed");
            assertThat(failed.path("hint").asText()).isNotEmpty();
            assertThat(holdfast.ok("list").path("backups").findValues("category"))
                    .contains(failed.path("category"));
        }
    }

    @Test
    void one_flipped_byte_is_found_and_named_and_not_restored_unless_asked_for() throws Exception {
        String backup = verified("damaged");
        Path pack = largest(folder.resolve("repository/damaged"));
        flip(pack, Files.size(pack) / 2);

        holdfast.ok("verify", "--backup", backup);
        holdfast.until(
                "the damage to be found",
                () -> holdfast.backup(backup).path("status").asText().equals("failed"));

        JsonNode found = holdfast.backup(backup);
        assertThat(found.path("failure").path("category").asText()).isEqualTo("repository_damaged");
        JsonNode damage = found.path("verification").path("damages").path(0);
        assertThat(pack.toString()).endsWith(damage.path("object").asText());
        assertThat(damage.path("file").asText()).isNotEmpty();
        Path into = folder.resolve("damaged-restore");
        assertThat(holdfast.run("restore", "--backup", backup, "--into", into.toString())
                        .exitCode())
                .isNotZero();
        assertThat(into).doesNotExist();
        HoldfastScript.Ended accepted =
                holdfast.run("restore", "--backup", backup, "--into", into.toString(), "--accept-damage");
        assertThat(accepted.json().path("missing").toString() + accepted.json().path("damages"))
                .contains(damage.path("file").asText());
    }

    private static String verified(String target) throws Exception {
        return holdfast.ok("backup", "--target", target, "--wait-for", "verified")
                .path("backup_id")
                .asText();
    }

    private static Event<BackupRequested> request(String target) {
        Clock clock = Clock.systemUTC();
        return Event.first(
                new EventIds(clock, new Random()).next(),
                "/ci/runner-7",
                clock.instant(),
                new BackupRequested(new TargetId(target), BackupKind.FULL, "before deployment 812", "ci", null));
    }

    private static Path largest(Path place) throws IOException {
        try (Stream<Path> objects = Files.walk(place)) {
            return objects.filter(path -> path.toString().contains("/packs/") && Files.isRegularFile(path))
                    .max(Comparator.comparingLong(path -> path.toFile().length()))
                    .orElseThrow();
        }
    }

    private static void flip(Path file, long at) throws IOException {
        Files.setPosixFilePermissions(file, java.nio.file.attribute.PosixFilePermissions.fromString("rw-------"));
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer one = ByteBuffer.allocate(1);
            channel.read(one, at);
            one.put(0, (byte) (one.get(0) ^ 1)).flip();
            channel.write(one, at);
        }
    }
}
