package io.holdfast.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.cli.output.ExitCode;
import io.holdfast.events.FailureCategory;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What has to be so before a standby is promoted; {@code StandbyTest} promotes one. */
class PromoteCommandTest extends CommandTest {
    private static final String WINDOW = "GET /api/backup/window?target=orders";
    private static final String STANDBYS = "GET /api/backup/standby?target=orders";

    @BeforeEach
    void an_original_that_cannot_be_reached_and_one_standby() {
        answers.put(WINDOW, interrupted("connection"));
        answers.put(STANDBYS, new Answer(200, "{'standbys':[{'target':'orders','directory':'/srv/standby'}]}"));
    }

    private static Answer interrupted(String category) {
        return new Answer(
                200,
                "{'windows':[{'target':'orders','repository':'main','interrupted_since':'2026-11-21T10:00:00Z',"
                        + "'interruption':{'category':'" + category + "','message':'no answer','hint':'look'}}]}");
    }

    @Test
    void while_the_log_stands_still_for_want_of_a_repository_nothing_is_promoted() {
        answers.put(WINDOW, interrupted("repository_unavailable"));

        assertThat(run("promote", "--target", "orders")).isEqualTo(FailureCategory.REFUSED.exitCode());
    }

    @Test
    void while_the_originals_log_arrives_nothing_is_promoted() {
        answers.put(WINDOW, new Answer(200, "{'windows':[{'target':'orders','repository':'main'}]}"));

        assertThat(run("promote", "--target", "orders")).isEqualTo(FailureCategory.REFUSED.exitCode());

        assertThat(said()).contains("the original of orders may still run", "HINT:", "promote with --force");
    }

    @Test
    void the_targets_name_has_to_be_typed() {
        assertThat(run("promote", "--target", "orders")).isEqualTo(ExitCode.USAGE);
        assertThat(said()).contains("nobody is here to type the target's name");
    }

    @Test
    void which_of_several_standbys_is_meant_has_to_be_said() {
        answers.put(
                STANDBYS,
                new Answer(
                        200,
                        "{'standbys':[{'target':'orders','directory':'/a'},{'target':'orders','directory':'/b'}]}"));

        assertThat(run("promote", "--target", "orders")).isEqualTo(ExitCode.USAGE);

        assertThat(said()).contains("several standbys: /a, /b", "--directory");
    }

    @Test
    void without_a_control_plane_somebody_has_to_be_sure() {
        answers.put(WINDOW, new Answer(503, "{}"));

        assertThat(run("promote", "--target", "orders", "--directory", "/srv/standby"))
                .isEqualTo(ExitCode.UNREACHABLE);

        assertThat(said()).contains("cannot be told", "promote with --force");
    }

    private String said() {
        return err.toString(StandardCharsets.UTF_8);
    }
}
