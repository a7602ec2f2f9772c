package io.holdfast.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.cli.output.ExitCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** {@code holdfast notify}. */
class NotifyCommandTest extends CommandTest {
    private static final String OF_ANOTHER =
            "event: io.holdfast.alert.tested.v1\ndata: {'data':{'key':'test/2','results':[]}}\n\n";

    @Test
    void a_test_shows_who_was_reached_and_fails_where_somebody_was_not() throws IOException {
        answers.put("POST /api/backup/alerts/test", new Answer(202, "{'key':'test/1'}"));
        answers.put(
                "GET /api/backup/events",
                new Answer(
                        200,
                        OF_ANOTHER + "event: io.holdfast.alert.tested.v1\ndata: {'data':{'key':'test/1','results':["
                                + "{'channel':'email','receiver':'ops@example.org','taken':true},"
                                + "{'channel':'slack','receiver':'ops','taken':false,'failure':'it refused'}]}}\n\n"));

        assertThat(run("notify", "test")).isEqualTo(ExitCode.NOT_PROVEN);

        assertThat(out.toString(StandardCharsets.UTF_8))
                .contains("reached      email ops@example.org", "NOT reached  slack ops: it refused");
    }

    @Test
    void a_test_in_which_everybody_was_reached_is_a_success() throws IOException {
        answers.put("POST /api/backup/alerts/test", new Answer(202, "{'key':'test/1'}"));
        answers.put(
                "GET /api/backup/events",
                new Answer(
                        200,
                        "event: io.holdfast.alert.tested.v1\ndata: {'data':{'key':'test/1','results':["
                                + "{'channel':'email','receiver':'ops@example.org','taken':true}]}}\n\n"));

        assertThat(run("notify", "test", "--json")).isEqualTo(ExitCode.OK);

        assertThat(result().path("ok").asBoolean()).isTrue();
    }

    @Test
    void a_test_that_nobody_answers_is_no_success() {
        answers.put("POST /api/backup/alerts/test", new Answer(202, "{'key':'test/1'}"));
        answers.put("GET /api/backup/events", new Answer(200, OF_ANOTHER));

        assertThat(run("notify", "test")).isEqualTo(ExitCode.UNREACHABLE);
    }

    @Test
    void who_looks_after_an_alert_says_so_by_its_key() {
        answers.put("POST /api/backup/alerts/acknowledge", new Answer(202, "{'key':'wal/orders'}"));

        assertThat(run("notify", "acknowledge", "wal/orders", "--comment", "at it"))
                .isEqualTo(ExitCode.OK);

        assertThat(asked)
                .singleElement()
                .asString()
                .contains("\"key\":\"wal/orders\"", "\"comment\":\"at it\"", "\"requested_by\"");
    }
}
