package io.holdfast.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.cli.output.ExitCode;
import io.holdfast.events.FailureCategory;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Restores, and windows to restore from. */
class RestoreCommandTest extends CommandTest {
    @Test
    void a_restore_waits_and_says_where_the_database_is() throws IOException {
        answers.put("POST /api/backup/restore", new Answer(202, "{'restore_id':'r1','status':'requested'}"));
        answers.put(
                "GET /api/backup/restore/r1",
                new Answer(200, "{'restore_id':'r1','status':'completed','directory':'/srv/x','connection':'port=1'}"));

        assertThat(run("restore", "--backup", ID, "--into", "/srv/./x", "--start", "--json"))
                .isEqualTo(ExitCode.OK);

        assertThat(result().path("ok").asBoolean()).isTrue();
        assertThat(result().path("directory").asText()).isEqualTo("/srv/x");
        assertThat(result().path("connection").asText()).isEqualTo("port=1");
        assertThat(asked.getFirst()).contains("\"directory\":\"/srv/x\"", "\"start\":true");
    }

    @Test
    void a_delta_restore_says_what_it_kept_fetched_and_removed() {
        answers.put("POST /api/backup/restore", new Answer(202, "{'restore_id':'r1','status':'requested'}"));
        answers.put(
                "GET /api/backup/restore/r1",
                new Answer(
                        200,
                        "{'restore_id':'r1','status':'completed','directory':'/srv/x',"
                                + "'comparison':{'bytes_kept':5000000,'bytes_fetched':16000,'files_removed':3}}"));

        answers.put("GET /api/backup/" + ID, new Answer(200, "{'backup_id':'" + ID + "','target':'orders'}"));

        assertThat(run("restore", "--backup", ID, "--into", "/srv/x", "--force", "--tablespace", "16400=/srv/./fast"))
                .isEqualTo(ExitCode.OK);

        assertThat(asked.get(1))
                .contains("\"delta\":true", "\"confirm\":\"orders\"", "\"tablespaces\":{\"16400\":\"/srv/fast\"}");
        assertThat(out.toString(StandardCharsets.UTF_8))
                .contains("compared  5.00 MB kept, 16.0 kB fetched, 3 files removed");
    }

    @Test
    void a_restore_over_what_is_there_has_the_targets_name_typed_and_asks_for_nothing_without() {
        answers.put("GET /api/backup/" + ID, new Answer(200, "{'backup_id':'" + ID + "','target':'orders'}"));
        answers.put("POST /api/backup/restore", new Answer(202, "{'restore_id':'r1','status':'requested'}"));
        String[] over = {"restore", "--backup", ID, "--into", "/srv/x", "--delta", "--no-wait"};

        // nobody is there, somebody types another name, then the right one
        int alone = run(over);
        int wrong = typing("billing\n", over);
        List<String> before = List.copyOf(asked);
        int right = typing("orders\n", over);

        assertThat(alone).isEqualTo(ExitCode.USAGE);
        assertThat(wrong).isEqualTo(ExitCode.USAGE);
        assertThat(before).noneMatch(request -> request.startsWith("POST"));
        assertThat(right).isEqualTo(ExitCode.OK);
        assertThat(asked.getLast()).contains("\"confirm\":\"orders\"", "\"delta\":true");
        assertThat(err.toString(StandardCharsets.UTF_8))
                .contains("HINT: use --force in place of --delta", "Type the name of the target", "is not the name");
    }

    @Test
    void what_lies_there_is_kept_where_that_is_wanted_and_the_report_is_told() {
        answers.put("GET /api/backup/" + ID, new Answer(200, "{'backup_id':'" + ID + "','target':'orders'}"));
        answers.put("POST /api/backup/restore", new Answer(202, "{'restore_id':'r1','status':'requested'}"));
        answers.put(
                "GET /api/backup/restore/r1",
                new Answer(
                        200,
                        "{'restore_id':'r1','status':'completed','directory':'/srv/x','bytes':5000000,"
                                + "'recovery_target':{'type':'time','time':'2026-11-21T10:00:00Z','exclusive':true},"
                                + "'kept_aside':['/srv/x.before-r1'],'report':'/srv/x.restore-report.json',"
                                + "'warnings':['the hook start-app failed: exit code 1']}"));

        assertThat(run("restore", "--backup", ID, "--into", "/srv/x", "--force", "--safety-backup"))
                .isEqualTo(ExitCode.OK);

        assertThat(asked.get(1)).contains("\"safety_backup\":true", "\"delta\":true");
        assertThat(out.toString(StandardCharsets.UTF_8))
                .contains(
                        "asked for  what was committed until 2026-11-21T10:00:00Z, itself left out",
                        "brought back  5.00 MB",
                        "kept as  /srv/x.before-r1",
                        "report  /srv/x.restore-report.json",
                        "WARNING  the hook start-app failed: exit code 1");
        assertThat(run("restore", "--backup", ID, "--into", "/srv/x", "--safety-backup"))
                .isEqualTo(ExitCode.USAGE);
        assertThat(run("restore", "--backup", ID, "--into-database", "postgresql://u@h/d", "--safety-backup"))
                .isEqualTo(ExitCode.USAGE);
    }

    private int typing(String text, String... arguments) {
        InputStream realIn = System.in;
        System.setProperty("holdfast.interactive", "true");
        System.setIn(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
        try {
            return run(arguments);
        } finally {
            System.setIn(realIn);
            System.clearProperty("holdfast.interactive");
        }
    }

    @Test
    void a_dry_run_says_what_would_be_done_and_ends_as_the_real_one_would() throws IOException {
        answers.put("POST /api/backup/restore", new Answer(202, "{'restore_id':'r1','status':'requested'}"));
        answers.put(
                "GET /api/backup/restore/r1",
                new Answer(
                        200,
                        "{'restore_id':'r1','backup_id':'" + ID
                                + "','target':'orders','status':'planned','dry_run':true,"
                                + "'plan':{'recover_to':'the end of what is stored','path':[{'timeline':1,'from_lsn':'0/2000028',"
                                + "'to_lsn':'0/3000000'},{'timeline':2,'from_lsn':'0/3000000','to_lsn':'0/4000110'}],"
                                + "'directory':'/srv/x','found':{'what':'cluster','system_identifier':'7433990837263019081',"
                                + "'major':'17','running':true,'bytes':5000000},'bytes':5000000,'wal_bytes':32000000,"
                                + "'free_bytes':9000000000},'estimate':{'seconds':12.5,'measured_in':'drill d1'},"
                                + "'refusals':[{'category':'destination','message':'a server is at work','hint':'stop it'}]}"));

        int exit = run("restore", "--backup", ID, "--into", "/srv/x", "--delta", "--dry-run");
        String said = out.toString(StandardCharsets.UTF_8);
        int json = run("restore", "--backup", ID, "--into", "/srv/x", "--delta", "--dry-run", "--json");

        assertThat(exit).isEqualTo(FailureCategory.DESTINATION.exitCode()).isEqualTo(json);
        assertThat(asked.getFirst())
                .contains("\"dry_run\":true", "\"delta\":true")
                .doesNotContain("confirm");
        assertThat(said)
                .contains(
                        "restoring backup " + ID + " of orders would be refused",
                        "0/2000028 to 0/3000000 of timeline 1, 0/3000000 to 0/4000110 of timeline 2",
                        "a RUNNING cluster 7433990837263019081 of PostgreSQL 17 lies, 5.00 MB",
                        "up to 32.0 MB",
                        "12 s, as measured in drill d1",
                        "destination: a server is at work",
                        "HINT: stop it",
                        "nothing was changed");
        assertThat(result().path("ok").asBoolean()).isFalse();
        assertThat(result().path("category").asText()).isEqualTo("destination");
    }

    @Test
    void a_window_says_what_can_be_reached_what_is_missing_and_what_proves_it() throws IOException {
        answers.put(
                "GET /api/backup/window?target=orders",
                new Answer(
                        200,
                        "{'windows':[{'target':'orders','repository':'main','system_identifier':'7433990837263019081',"
                                + "'timeline':2,'archived_by':['stream'],"
                                + "'from':{'time':'2026-11-20T02:05:00Z','lsn':'0/2000100','timeline':1},"
                                + "'to':{'time':'2026-11-21T09:00:00Z','lsn':'0/7000000','timeline':2},'rpo_seconds':3.5,"
                                + "'archived_until':'2026-11-21T09:00:00Z','archived_to':'0/7000000','holes':["
                                + "{'from':{'time':'2026-11-20T03:00:00Z','lsn':'0/4000000','timeline':1},'to_lsn':'0/5000000',"
                                + "'since':'2026-11-20T03:01:00Z','reason':'damaged','healed':true,'healed_by':'b2',"
                                + "'healed_at':'2026-11-20T03:05:00Z'}],'stretches':[],"
                                + "'drill':{'drill_id':'d1','backup_id':'b2','passed_at':'2026-11-21T04:00:00Z','rto_seconds':12.5}}]}"));

        assertThat(run("window", "--target", "orders")).isEqualTo(ExitCode.OK);
        String said = out.toString(StandardCharsets.UTF_8);
        assertThat(run("window", "--target", "orders", "--json")).isEqualTo(ExitCode.OK);

        assertThat(said)
                .contains(
                        "orders in main: cluster 7433990837263019081, timeline 2",
                        "any moment from 2026-11-20T02:05:00Z (0/2000100) to 2026-11-21T09:00:00Z (0/7000000)",
                        "0/4000000 to 0/5000000, damaged, noticed 2026-11-20T03:01:00Z; healed by backup b2",
                        "by stream, up to 0/7000000",
                        "by drill d1",
                        "back within 12 s");
        assertThat(result().path("windows").path(0).path("rpo_seconds").asDouble())
                .isEqualTo(3.5);
    }

    @Test
    void a_restore_into_a_database_passes_the_reference_never_a_password() {
        answers.put("POST /api/backup/restore", new Answer(202, "{'restore_id':'r1','status':'requested'}"));

        assertThat(run(
                        "restore",
                        "--backup",
                        ID,
                        "--into-database",
                        "postgresql://u@h/d",
                        "--password-ref",
                        "env:X",
                        "--no-wait"))
                .isEqualTo(ExitCode.OK);

        assertThat(asked.getFirst())
                .contains("\"into_database\":\"postgresql://u@h/d\"", "\"password\":\"env:X\"")
                .doesNotContain("\"start\"", "\"directory\"");
    }

    @Test
    void a_restore_goes_to_one_place_only() {
        assertThat(run("restore", "--backup", ID, "--into", "/x", "--into-database", "postgresql://u@h/d"))
                .isEqualTo(ExitCode.USAGE);
        assertThat(run("restore", "--backup", ID)).isEqualTo(ExitCode.USAGE);
        assertThat(run("restore", "--backup", ID, "--into-database", "postgresql://u@h/d", "--start"))
                .isEqualTo(ExitCode.USAGE);
        assertThat(run("restore", "--backup", ID, "--into-database", "postgresql://u@h/d", "--delta"))
                .isEqualTo(ExitCode.USAGE);
    }

    @Test
    void a_moment_is_asked_for_and_told_how_far_it_was_reached() {
        answers.put("POST /api/backup/restore", new Answer(202, "{'restore_id':'r1','status':'requested'}"));
        answers.put(
                "GET /api/backup/restore/r1",
                new Answer(
                        200,
                        "{'restore_id':'r1','status':'completed','directory':'/srv/x','recovered_to':{'timeline':2,"
                                + "'lsn':'2/3A000228','last_transaction':'2026-11-21T09:59:59Z'}}"));

        assertThat(run(
                        "restore",
                        "--target",
                        "orders",
                        "--to-time",
                        "2026-11-21T10:00:00Z",
                        "--exclusive",
                        "--into",
                        "/srv/x"))
                .isEqualTo(ExitCode.OK);

        assertThat(asked.getFirst())
                .contains("\"target\":\"orders\"", "\"to_time\":\"2026-11-21T10:00:00Z\"", "\"exclusive\":true")
                .doesNotContain("backup_id");
        assertThat(out.toString(StandardCharsets.UTF_8))
                .contains("recovered to  2/3A000228 on timeline 2, last transaction 2026-11-21T09:59:59Z");
    }

    @Test
    void a_moment_that_makes_no_sense_is_refused_before_anybody_is_asked() {
        assertThat(run("restore", "--target", "orders", "--to-time", "2026-11-21 10:00:00", "--into", "/x"))
                .isEqualTo(ExitCode.USAGE);
        assertThat(err.toString(StandardCharsets.UTF_8))
                .contains("--to-time: that is no moment with a zone", "HINT: write 2026-11-21T10:00:00Z");
        assertThat(run("restore", "--target", "orders", "--to-xid", "900", "--to-name", "x", "--into", "/x"))
                .isEqualTo(ExitCode.USAGE);
        assertThat(run("restore", "--target", "orders", "--latest", "--exclusive", "--into", "/x"))
                .isEqualTo(ExitCode.USAGE);
        assertThat(run("restore", "--target", "orders", "--into", "/x")).isEqualTo(ExitCode.USAGE);
        assertThat(run("restore", "--backup", ID, "--into", "/x", "--run-as", "postgres"))
                .isEqualTo(ExitCode.USAGE);
        assertThat(asked).isEmpty();
    }

    @Test
    void a_table_of_a_moment_is_asked_for_without_naming_a_backup() {
        answers.put("POST /api/backup/restore", new Answer(202, "{'restore_id':'r1','status':'requested'}"));

        assertThat(run(
                        "restore",
                        "--target",
                        "orders",
                        "--to-time",
                        "2026-11-21T10:00:00Z",
                        "--source-database",
                        "app",
                        "--table",
                        "shop.orders",
                        "--into-database",
                        "postgresql://u@h/app",
                        "--no-wait"))
                .isEqualTo(ExitCode.OK);

        assertThat(asked.getFirst())
                .contains("\"into_database\":\"postgresql://u@h/app\"", "\"source_database\":\"app\"")
                .contains("\"tables\":[\"shop.orders\"]", "\"to_time\":\"2026-11-21T10:00:00Z\"")
                .doesNotContain("backup_id");
    }

    @Test
    void a_standby_is_asked_for_without_a_moment() {
        answers.put("POST /api/backup/restore", new Answer(202, "{'restore_id':'r1','status':'requested'}"));

        assertThat(run("restore", "--target", "orders", "--standby", "--into", "/srv/x", "--no-wait"))
                .isEqualTo(ExitCode.OK);

        assertThat(asked.getFirst())
                .contains("\"standby\":true", "\"target\":\"orders\"")
                .doesNotContain("latest");
        assertThat(run("restore", "--target", "orders", "--standby", "--into-database", "postgresql://u@h/d"))
                .isEqualTo(ExitCode.USAGE);
    }

    @Test
    void hooks_are_passed_on_by_their_names() {
        answers.put("POST /api/backup/restore", new Answer(202, "{'restore_id':'r1','status':'requested'}"));

        assertThat(run(
                        "restore",
                        "--backup",
                        ID,
                        "--into",
                        "/srv/x",
                        "--before",
                        "stop-app",
                        "--after",
                        "start-app",
                        "--after",
                        "tell",
                        "--no-wait"))
                .isEqualTo(ExitCode.OK);

        assertThat(asked.getFirst())
                .contains("\"hooks\":{\"before\":[\"stop-app\"],\"after\":[\"start-app\",\"tell\"]}");
    }
}
