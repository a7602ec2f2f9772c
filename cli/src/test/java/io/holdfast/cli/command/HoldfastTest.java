package io.holdfast.cli.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import io.holdfast.cli.output.ExitCode;
import io.holdfast.cli.output.Json;
import io.holdfast.events.FailureCategory;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine.TypeConversionException;

/** The commands against a server that answers as the control plane does. */
class HoldfastTest {
    private static final String ID = "01990000-0000-7000-8000-000000000001";
    private static final String OTHER_ID = "01990000-0000-7000-8000-000000000002";

    @TempDir
    Path folder;

    private final Map<String, Answer> answers = new ConcurrentHashMap<>();
    private final List<String> asked = new ArrayList<>();
    private final PrintStream realOut = System.out;
    private final PrintStream realErr = System.err;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private HttpServer server;

    private record Answer(int status, String body) {}

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            String request = exchange.getRequestMethod() + " " + exchange.getRequestURI();
            synchronized (asked) {
                asked.add(request + " " + exchange.getRequestHeaders().getFirst("Authorization") + " "
                        + new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            }
            Answer answer = answers.getOrDefault(request, new Answer(404, "{}"));
            byte[] body = answer.body().replace('\'', '"').getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(answer.status(), body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
    }

    @AfterEach
    void stop() {
        System.setOut(realOut);
        System.setErr(realErr);
        server.stop(0);
    }

    @Test
    void a_backup_that_is_only_requested_says_its_id_and_status() throws IOException {
        answers.put("POST /api/backup/create", new Answer(202, "{'backup_id':'" + ID + "','status':'requested'}"));

        assertThat(run("backup", "--target", "orders", "--kind", "logical", "--json"))
                .isEqualTo(ExitCode.OK);

        assertThat(result().path("backup_id").asText()).isEqualTo(ID);
        assertThat(result().path("status").asText()).isEqualTo("requested");
        assertThat(asked)
                .singleElement()
                .asString()
                .contains("Bearer hush", "\"kind\":\"logical\"", "\"target\":\"orders\"");
    }

    @Test
    void backups_of_every_target_in_every_repository_are_asked_for_and_waited_for() throws IOException {
        answers.put(
                "GET /api/backup/health",
                new Answer(200, "{'status':'up','targets':[{'target':'orders'},{'target':'billing'}]}"));
        answers.put(
                "POST /api/backup/create",
                new Answer(
                        202,
                        "{'backups':[{'backup_id':'" + ID + "','status':'requested'},{'backup_id':'" + OTHER_ID
                                + "','status':'requested'}]}"));
        answers.put("GET /api/backup/" + ID, new Answer(200, "{'backup_id':'" + ID + "','status':'completed'}"));
        answers.put(
                "GET /api/backup/" + OTHER_ID,
                new Answer(
                        200,
                        "{'backup_id':'" + OTHER_ID + "','status':'failed','failure':{'category':'repository_full',"
                                + "'message':'m','hint':'h'}}"));

        assertThat(run("backup", "--all-targets", "--repository", "all", "--wait", "--json"))
                .isEqualTo(FailureCategory.REPOSITORY_FULL.exitCode());

        assertThat(result().path("ok").asBoolean(true)).isFalse();
        assertThat(result().path("backups").findValuesAsText("status"))
                .containsExactly("completed", "failed", "completed", "failed");
        assertThat(asked)
                .anySatisfy(request -> assertThat(request).contains("\"target\":\"orders\"", "\"repository\":\"all\""))
                .anySatisfy(
                        request -> assertThat(request).contains("\"target\":\"billing\"", "\"repository\":\"all\""));
    }

    @Test
    void a_failed_backup_exits_with_its_category_and_says_what_to_do() throws IOException {
        answers.put("POST /api/backup/create", new Answer(202, "{'backup_id':'" + ID + "','status':'requested'}"));
        answers.put(
                "GET /api/backup/" + ID,
                new Answer(
                        200,
                        "{'backup_id':'" + ID + "','status':'failed','failure':{'category':'authentication',"
                                + "'message':'refused','hint':'look at pg_hba.conf'}}"));

        assertThat(run("backup", "--target", "orders", "--wait", "--json"))
                .isEqualTo(FailureCategory.AUTHENTICATION.exitCode());

        assertThat(result().path("category").asText()).isEqualTo("authentication");
        assertThat(result().path("hint").asText()).isEqualTo("look at pg_hba.conf");
    }

    @Test
    void a_drill_that_failed_exits_with_its_category_and_says_what_was_not_as_it_has_to_be() throws IOException {
        answers.put(
                "POST /api/backup/test/restore",
                new Answer(202, "{'drill_id':'" + ID + "','status':'requested','seed':4711}"));
        answers.put(
                "GET /api/backup/test/restore/" + ID,
                new Answer(
                        200,
                        "{'drill_id':'" + ID
                                + "','status':'failed','failed_for':'missing_role','measures':{'rto_seconds':4.5},"
                                + "'checks':[{'name':'role shop','passed':false,'detail':'is not there'}],"
                                + "'failure':{'category':'check_failed','message':'no role','hint':'make it'}}"));

        assertThat(run("drill", "--target", "orders", "--random", "--seed", "4711", "--wait"))
                .isEqualTo(FailureCategory.CHECK_FAILED.exitCode());

        assertThat(out.toString(StandardCharsets.UTF_8)).contains("BAD   role shop: is not there", "make it");
        assertThat(asked.getFirst()).contains("\"pick\":\"random\"", "\"seed\":4711");
    }

    @Test
    void waiting_ends_at_the_timeout_with_a_code_of_its_own() throws IOException {
        answers.put("POST /api/backup/create", new Answer(202, "{'backup_id':'" + ID + "','status':'requested'}"));
        answers.put("GET /api/backup/" + ID, new Answer(200, "{'backup_id':'" + ID + "','status':'running'}"));

        assertThat(run("backup", "--target", "orders", "--wait-for", "verified", "--timeout", "1ms", "--json"))
                .isEqualTo(ExitCode.STILL_RUNNING);

        assertThat(result().path("ok").asBoolean(true)).isFalse();
        assertThat(result().path("exit_code").asInt()).isEqualTo(ExitCode.STILL_RUNNING);
    }

    @Test
    void a_completed_backup_is_not_enough_for_who_waits_for_a_verified_one() throws IOException {
        answers.put("POST /api/backup/create", new Answer(202, "{'backup_id':'" + ID + "','status':'requested'}"));
        answers.put(
                "GET /api/backup/" + ID,
                new Answer(
                        200,
                        "{'backup_id':'" + ID + "','status':'completed','verification':{'status':'failed',"
                                + "'failure':{'category':'repository_unavailable','message':'m','hint':'h'}}}"));

        assertThat(run("backup", "--target", "orders", "--wait-for", "verified"))
                .isEqualTo(FailureCategory.REPOSITORY_UNAVAILABLE.exitCode());
        assertThat(run("backup", "--target", "orders", "--wait")).isEqualTo(ExitCode.OK);
    }

    @Test
    void the_list_has_every_backup_with_its_failure_on_top() throws IOException {
        answers.put(
                "GET /api/backup/list?target=orders",
                new Answer(
                        200,
                        "{'backups':[{'backup_id':'" + ID + "','target':'orders','status':'failed','failure':"
                                + "{'category':'connection','message':'no route','hint':'h'}}]}"));

        assertThat(run("list", "--target", "orders", "--json")).isEqualTo(ExitCode.OK);

        JsonNode backup = result().path("backups").path(0);
        assertThat(backup.path("category").asText()).isEqualTo("connection");
        assertThat(backup.path("message").asText()).isEqualTo("no route");
        assertThat(backup.path("hint").asText()).isEqualTo("h");
    }

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

        assertThat(run("restore", "--backup", ID, "--into", "/srv/x", "--delta", "--tablespace", "16400=/srv/./fast"))
                .isEqualTo(ExitCode.OK);

        assertThat(asked.getFirst()).contains("\"delta\":true", "\"tablespaces\":{\"16400\":\"/srv/fast\"}");
        assertThat(out.toString(StandardCharsets.UTF_8))
                .contains("compared  5.00 MB kept, 16.0 kB fetched, 3 files removed");
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
        assertThat(run("restore", "--backup", ID, "--latest", "--into-database", "postgresql://u@h/d"))
                .isEqualTo(ExitCode.USAGE);
        assertThat(run("restore", "--backup", ID, "--into", "/x", "--force")).isEqualTo(ExitCode.USAGE);
        assertThat(asked).isEmpty();
    }

    @Test
    void what_the_control_plane_refuses_is_told_with_its_hint() {
        answers.put(
                "POST /api/backup/create",
                new Answer(404, "{'title':'Not found','detail':'no target ordesr','hint':'did you mean orders?'}"));

        assertThat(run("backup", "--target", "ordesr")).isEqualTo(ExitCode.REQUEST_REFUSED);

        assertThat(err.toString(StandardCharsets.UTF_8)).contains("no target ordesr", "HINT: did you mean orders?");
    }

    @Test
    void where_nothing_answers_that_is_said() {
        server.stop(0);

        assertThat(run("list")).isEqualTo(ExitCode.UNREACHABLE);

        assertThat(err.toString(StandardCharsets.UTF_8)).contains("nothing answers at", "HINT:");
    }

    @Test
    void without_an_address_and_without_an_instance_that_is_said() {
        assertThat(Holdfast.run("list", "--data", folder.toString())).isEqualTo(ExitCode.UNREACHABLE);
    }

    @Test
    void the_running_instance_is_found_by_its_folder() throws IOException {
        answers.put("GET /api/backup/list", new Answer(200, "{'backups':[]}"));
        Files.writeString(
                folder.resolve("connection.json"),
                Json.line(Map.of("url", url(), "kafka", "127.0.0.1:1", "token", "hush")));

        assertThat(Holdfast.run("list", "--data", folder.toString(), "--json")).isEqualTo(ExitCode.OK);

        assertThat(out.toString(StandardCharsets.UTF_8).strip()).isEqualTo("{\"backups\":[]}");
        assertThat(asked.getFirst()).contains("Bearer hush");
    }

    @Test
    void down_where_nothing_was_ever_started_does_nothing() throws IOException {
        assertThat(Holdfast.run("down", "--data", folder.resolve("none").toString(), "--json"))
                .isEqualTo(ExitCode.OK);

        assertThat(result().path("ok").asBoolean()).isTrue();
        assertThat(folder.resolve("none")).doesNotExist();
    }

    @Test
    void status_of_nothing_is_not_ok() {
        assertThat(Holdfast.run("status", "--data", folder.toString())).isEqualTo(ExitCode.NOT_RUNNING);
    }

    @Test
    void lengths_of_time_and_sizes_are_read_as_people_write_them() {
        assertThat(new DurationArgument().convert("10m")).isEqualTo(Duration.ofMinutes(10));
        assertThat(new SizeArgument().convert("1GB")).isEqualTo(1_000_000_000L);
        assertThatThrownBy(() -> new DurationArgument().convert("10")).isInstanceOf(TypeConversionException.class);
        assertThatThrownBy(() -> new SizeArgument().convert("-1GB")).isInstanceOf(TypeConversionException.class);
    }

    private String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    private int run(String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--url", url(), "--token", "hush"));
        return Holdfast.run(all.toArray(String[]::new));
    }

    private JsonNode result() throws IOException {
        List<String> lines = out.toString(StandardCharsets.UTF_8).lines().toList();
        return Json.MAPPER.readTree(lines.getLast());
    }
}
