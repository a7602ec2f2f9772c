package io.holdfast.cli.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.cli.output.ExitCode;
import io.holdfast.cli.output.Json;
import io.holdfast.events.FailureCategory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.TypeConversionException;

/** The commands. */
class HoldfastTest extends CommandTest {
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
}
