package io.holdfast.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.cli.output.ExitCode;
import io.holdfast.events.FailureCategory;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class RetentionCommandTest extends CommandTest {
    private static final String BACKUP = "019c2a52-8c00-7d3a-b1a5-0c1d2e3f4a5b";
    private static final String DECIDED = "'kept': 2, 'waiting': 1, 'removed': 0, 'awaiting_approval': 1, 'decisions':"
            + " [{'backup_id': '" + BACKUP + "', 'started_at': '2026-11-01T02:00:00Z', 'verdict': 'wait', 'reasons':"
            + " ['no rule keeps it', 'somebody has to agree'], 'awaits_approval': true}]";
    private static final String STANDING = "{'retention': [{'target': 'orders', 'repository': 'main', 'rules':"
            + " {'repository': 'main', 'daily': 7, 'age_seconds': 604800}, 'last_run_at': '2026-11-21T01:00:00Z', 'plan':"
            + " {'run_id': 'r0', 'target': 'orders', 'repository': 'main', 'dry_run': false, 'status': 'completed',"
            + " 'finished_at': '2026-11-21T01:00:00Z', " + DECIDED + "}}]}";

    @Test
    void it_says_what_is_promised_and_what_becomes_of_each_backup_and_why() {
        answers.put("GET /api/backup/retention?target=orders", new Answer(200, STANDING));

        assertThat(run("retention", "orders")).isEqualTo(ExitCode.OK);

        assertThat(out.toString(StandardCharsets.UTF_8))
                .contains("orders in main: daily 7, age 7 d")
                .contains("2 stay, 1 wait, 0 went")
                .contains("holdfast retention run orders --repository main --approve-all")
                .containsPattern(BACKUP + " +2026-11-01T02:00:00Z +wait +no rule keeps it; somebody has to agree");
    }

    @Test
    void a_dry_run_is_asked_for_and_waited_for() throws Exception {
        answers.put("GET /api/backup/retention", new Answer(200, STANDING));
        answers.put(
                "POST /api/backup/retention/run",
                new Answer(202, "{'runs': [{'run_id': 'r1', 'status': 'requested'}]}"));
        answers.put(
                "GET /api/backup/retention/run/r1",
                new Answer(
                        200,
                        "{'run_id': 'r1', 'target': 'orders', 'repository': 'main', 'dry_run': true, 'status': 'planned', "
                                + DECIDED + "}"));

        assertThat(run("retention", "--dry-run", "--json")).isEqualTo(ExitCode.OK);

        assertThat(asked)
                .anyMatch(request -> request.startsWith("POST /api/backup/retention/run")
                        && request.contains("\"dry_run\":true")
                        && request.contains("\"target\":\"orders\""));
        assertThat(result().at("/runs/0/status").asText()).isEqualTo("planned");
    }

    @Test
    void agreeing_to_all_names_those_that_the_newest_look_found_and_a_failure_shows_in_the_exit_code() {
        answers.put("GET /api/backup/retention?target=orders", new Answer(200, STANDING));
        answers.put(
                "POST /api/backup/retention/run",
                new Answer(202, "{'runs': [{'run_id': 'r2', 'status': 'requested'}]}"));
        answers.put(
                "GET /api/backup/retention/run/r2",
                new Answer(
                        200,
                        "{'run_id': 'r2', 'target': 'orders', 'repository': 'main', 'dry_run': false, 'status': 'failed',"
                                + " 'failure': {'category': 'permission', 'message': 'it may not', 'hint': 'let it'}}"));

        assertThat(run("retention", "run", "orders", "--approve-all", "--reason", "full"))
                .isEqualTo(FailureCategory.PERMISSION.exitCode());

        assertThat(asked)
                .anyMatch(request -> request.startsWith("POST /api/backup/retention/run")
                        && request.contains("\"approved\":[\"" + BACKUP + "\"]")
                        && !request.contains("dry_run"));
        assertThat(out.toString(StandardCharsets.UTF_8))
                .contains("permission: it may not")
                .contains("HINT: let it");
    }

    @Test
    void a_backup_is_held_released_and_listed() {
        answers.put("POST /api/backup/hold", new Answer(202, "{'status': 'requested'}"));
        answers.put("POST /api/backup/hold/release", new Answer(202, "{'status': 'requested'}"));
        answers.put("GET /api/backup/hold/" + BACKUP + "/hold", new Answer(200, "{'status': 'held', 'held': true}"));
        answers.put(
                "GET /api/backup/hold",
                new Answer(
                        200,
                        "{'holds': [{'backup_id': '" + BACKUP + "', 'name': 'hold', 'target': 'orders', 'repository':"
                                + " 'main', 'status': 'held', 'held_by': 'anna', 'reason': 'court'}]}"));

        assertThat(run("hold", "--backup", BACKUP, "--reason", "court")).isEqualTo(ExitCode.OK);
        assertThat(run("hold")).isEqualTo(ExitCode.OK);
        answers.put(
                "GET /api/backup/hold/" + BACKUP + "/hold",
                new Answer(
                        200,
                        "{'status': 'failed', 'failure': {'category': 'backup_not_found', 'message': 'none', 'hint': 'x'}}"));
        assertThat(run("release", "--backup", BACKUP)).isEqualTo(FailureCategory.BACKUP_NOT_FOUND.exitCode());

        assertThat(asked)
                .anyMatch(request ->
                        request.startsWith("POST /api/backup/hold ") && request.contains("\"reason\":\"court\""));
        assertThat(out.toString(StandardCharsets.UTF_8))
                .contains("hold hold of backup " + BACKUP + ": held")
                .containsPattern("anna +.*court");
    }
}
