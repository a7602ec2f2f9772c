package io.holdfast.cli.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.events.Event;
import io.holdfast.events.FailureCategory;
import io.holdfast.events.backup.BackupFailed;
import io.holdfast.testing.MemoryDisk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever makes a backup fail: the command says what and what to do, one mail goes out, nothing half-done counts, and once
 * it is mended the next backup is good and a second mail says so. One instance for all; each story has a target of its own.
 */
@Tag("long")
class FailedBackupsTest {
    private static final int MEGABYTES = 40;
    private static Mailbox mails;
    private static Orders orders;
    private static RunningHoldfast holdfast;
    private static @Nullable MemoryDisk disk;

    @TempDir
    static Path folder;

    @BeforeAll
    static void start() throws Exception {
        Chain.open(folder);
        mails = new Mailbox();
        orders = Orders.start(18, folder, MEGABYTES);
        Files.writeString(folder.resolve("changing-password"), Orders.PASSWORD);
        holdfast = RunningHoldfast.start(
                folder,
                configuration(orders),
                // An old pg_dump comes first on the path; and nobody has to wait long for another attempt.
                Map.of(
                        "PATH",
                        oldPrograms(folder.resolve("old")) + ":" + System.getenv("PATH"),
                        "HOLDFAST_JOBS_RETRY_DELAY",
                        "500ms"));
    }

    /** Every story has a target of its own; its log is not streamed, whose troubles would be told by mails of their own. */
    private static String configuration(Orders dumped) {
        String configuration = "repositories:\n  main: { url: \""
                + folder.resolve("repository").toUri() + "\" }\n  small: { url: \""
                + folder.resolve("small").toUri() + "\" }\n" + mails.configuration() + "targets:\n"
                + Orders.target("password", orders.server().port(), "file:" + folder.resolve("changing-password"))
                + orders.target("unreachable")
                + orders.slowTarget("interrupted", "8MB")
                + orders.target("full", "small")
                + orders.target("locked", "small")
                + dumped.target("dumped");
        return configuration.replace("    repository: ", "    wal: { stream: false }\n    repository: ");
    }

    @AfterAll
    static void stop() throws Exception {
        holdfast.close();
        MemoryDisk mounted = disk;
        if (mounted != null) {
            mounted.close();
        }
        orders.close();
        mails.close();
    }

    @Test
    void a_wrong_password_is_told_once_however_often_it_fails_and_whoever_dies_meanwhile() throws Exception {
        Path password = folder.resolve("changing-password");
        Files.writeString(password, "not this one");
        failed("password", "full", FailureCategory.AUTHENTICATION);

        holdfast.process("notifier-service").destroyForcibly();
        JsonNode again =
                holdfast.run("backup", "--target", "password", "--wait").json();
        holdfast.up();
        Files.writeString(password, Orders.PASSWORD);

        assertThat(again.path("category").asText()).isEqualTo("authentication");
        goesWellAgain("password", "full", FailureCategory.AUTHENTICATION);
        assertThat(mails.text("RECOVERED: password full backup to main")).contains("Failures", "2");
    }

    @Test
    void a_server_that_does_not_run_cannot_be_reached() throws Exception {
        orders.server().stop();
        try {
            failed("unreachable", "full", FailureCategory.CONNECTION);
        } finally {
            orders.server().start();
        }

        goesWellAgain("unreachable", "full", FailureCategory.CONNECTION);
    }

    @Test
    void a_server_that_dies_in_the_middle_and_stays_away_leaves_no_backup() throws Exception {
        String id = holdfast.ok("backup", "--target", "interrupted")
                .path("backup_id")
                .asText();
        holdfast.until("the backup to be in the middle", () -> {
            JsonNode progress = holdfast.backup(id).path("progress");
            return progress.path("phase").asText().equals("read")
                    && progress.path("bytes_done").asLong() > 0;
        });
        FailureCategory category;
        orders.server().kill();
        try {
            holdfast.until(
                    "the backup to fail",
                    () -> holdfast.backup(id).path("status").asText().equals("failed"));
            // The first attempt was interrupted, those after it found nobody.
            category = FailureCategory.of(
                    holdfast.backup(id).path("failure").path("category").asText());
            assertThat(category).isIn(FailureCategory.SERVER_INTERRUPTED, FailureCategory.CONNECTION);
            toldOf(id, "interrupted", "full", category);
        } finally {
            orders.server().start();
        }

        goesWellAgain("interrupted", "full", category);
    }

    @Test
    void a_full_repository_keeps_what_it_has_and_takes_more_once_there_is_room() throws Exception {
        MemoryDisk small = smallDisk();
        String before = verified("full");
        Path ballast = small.path().resolve("ballast");
        fill(ballast);
        failed("full", "full", FailureCategory.REPOSITORY_FULL);

        Files.delete(ballast);

        goesWellAgain("full", "full", FailureCategory.REPOSITORY_FULL);
        holdfast.ok(
                "restore",
                "--backup",
                before,
                "--into",
                folder.resolve("from-full").toString());
    }

    @Test
    void a_repository_that_became_read_only_fails_at_once() throws Exception {
        MemoryDisk small = smallDisk();
        String before = verified("locked");
        small.readOnly(true);
        try {
            failed("locked", "full", FailureCategory.REPOSITORY_READ_ONLY);
            holdfast.ok(
                    "restore",
                    "--backup",
                    before,
                    "--into",
                    folder.resolve("from-locked").toString());
        } finally {
            small.readOnly(false);
        }

        goesWellAgain("locked", "full", FailureCategory.REPOSITORY_READ_ONLY);
    }

    @Test
    void an_old_pg_dump_first_on_the_path_dumps_nothing() throws Exception {
        Assumptions.assumeTrue(
                installed("15") && Stream.of("18", "19").noneMatch(FailedBackupsTest::installed),
                "needs a pg_dump of version 15 to 17 below /usr/lib/postgresql, and none of 18 or newer");
        failed("dumped", "logical", FailureCategory.TOOL_VERSION);
        assertThat(mails.text("FAILED: dumped logical backup to main: tool_version"))
                .contains(folder.resolve("old").toString(), "9.2");

        // A server that the host's programs are good for: the old one on the path is passed over.
        try (Orders older = Orders.start(15, folder, 1)) {
            holdfast.configure(configuration(older));
            holdfast.until(
                    "the change to be in effect",
                    () -> new Log(holdfast.kafka()).targetPort("dumped")
                            == older.server().port());
            goesWellAgain("dumped", "logical", FailureCategory.TOOL_VERSION);
        }
    }

    /** It fails with this category, in every place where that is told, and nothing else comes of it. */
    private static void failed(String target, String kind, FailureCategory category) throws Exception {
        HoldfastScript.Ended run = holdfast.run("backup", "--target", target, "--kind", kind, "--wait");

        assertThat(run.exitCode()).as(run.output() + run.errors()).isEqualTo(category.exitCode());
        assertThat(run.json().path("status").asText()).isEqualTo("failed");
        assertThat(run.json().path("category").asText()).isEqualTo(category.wireName());
        assertThat(run.json().path("message").asText()).isNotBlank();
        assertThat(run.json().path("hint").asText()).isNotBlank();
        toldOf(run.json().path("backup_id").asText(), target, kind, category);
    }

    private static void toldOf(String id, String target, String kind, FailureCategory category) throws Exception {
        List<Event<?>> said = new ArrayList<>();
        for (Event<?> event : new Log(holdfast.kafka()).said(BackupFailed.class)) {
            if (event.correlationId().value().equals(id)) {
                said.add(event);
            }
        }
        assertThat(said).hasSize(1);
        BackupFailed failed = (BackupFailed) said.getFirst().data();
        assertThat(failed.failure().category()).isEqualTo(category);
        assertThat(failed.failure().hint()).isNotBlank();

        String mail = "FAILED: " + about(target, kind) + ": " + category.wireName();
        holdfast.until("a mail to be there", () -> mails.about(target).contains(mail));
        assertThat(mails.text(mail)).contains(id, category.wireName());

        JsonNode newest =
                holdfast.ok("list", "--target", target).path("backups").path(0);
        assertThat(newest.path("backup_id").asText()).isEqualTo(id);
        assertThat(newest.path("status").asText()).isEqualTo("failed");
        Path into = folder.resolve("restored-" + id);
        assertThat(holdfast.run("restore", "--backup", id, "--into", into.toString())
                        .exitCode())
                .isNotZero();
        assertThat(into).doesNotExist();
    }

    private static void goesWellAgain(String target, String kind, FailureCategory failure) throws Exception {
        holdfast.ok("backup", "--target", target, "--kind", kind, "--wait-for", "verified");

        String recovered = "RECOVERED: " + about(target, kind);
        holdfast.until("the mail that says so", () -> mails.about(target).contains(recovered));
        assertThat(mails.about(target))
                .containsExactly("FAILED: " + about(target, kind) + ": " + failure.wireName(), recovered);
    }

    private static String about(String target, String kind) {
        return target + " " + kind + " backup to " + (Set.of("full", "locked").contains(target) ? "small" : "main");
    }

    private static String verified(String target) throws Exception {
        return holdfast.ok("backup", "--target", target, "--wait-for", "verified")
                .path("backup_id")
                .asText();
    }

    /** The disk that the repository {@code small} lies on; mounted once. */
    private static MemoryDisk smallDisk() throws IOException {
        MemoryDisk mounted = disk;
        if (mounted == null) {
            mounted = MemoryDisk.mounted(folder.resolve("small"), 4 * MEGABYTES);
            disk = mounted;
        }
        return mounted;
    }

    /** Leaves less than one megabyte of the disk. */
    private static void fill(Path ballast) throws IOException {
        long free = Files.getFileStore(ballast.getParent()).getUsableSpace();
        try (var out = Files.newOutputStream(ballast)) {
            byte[] block = new byte[64 * 1024];
            for (long left = free - 512 * 1024; left > 0; left -= block.length) {
                out.write(block);
            }
        }
    }

    private static boolean installed(String major) {
        return Files.isExecutable(Path.of("/usr/lib/postgresql", major, "bin/pg_dump"));
    }

    /** What a host kept from long ago: programs that know their version, write nothing and call that a success. */
    private static Path oldPrograms(Path old) throws IOException {
        Files.createDirectory(old);
        for (String program : List.of("pg_dump", "pg_dumpall", "pg_restore")) {
            Path file =
                    Files.writeString(old.resolve(program), "#!/bin/sh\necho '" + program + " (PostgreSQL) 9.2.18'\n");
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        return old;
    }
}
