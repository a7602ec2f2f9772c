package io.holdfast.cli.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.holdfast.cli.output.ExitCode;
import io.holdfast.cli.output.Json;
import io.holdfast.events.FailureCategory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class OutcomeTest {
    @ParameterizedTest
    @EnumSource(FailureCategory.class)
    void a_failure_exits_with_its_categorys_code(FailureCategory category) throws JsonProcessingException {
        Outcome outcome = read(
                "{'status':'failed','failure':{'category':'" + category.wireName() + "','message':'m','hint':'h'}}");

        assertThat(outcome.exitCode()).isEqualTo(category.exitCode());
        assertThat(outcome.failureText()).isEqualTo(category.wireName() + ": m\nHINT: h");
    }

    @Test
    void a_category_from_a_newer_control_plane_is_a_failure_all_the_same() throws JsonProcessingException {
        assertThat(read("{'status':'failed','failure':{'category':'new_thing'}}")
                        .exitCode())
                .isEqualTo(FailureCategory.INTERNAL.exitCode());
    }

    @Test
    void a_failed_verification_is_told_of_a_completed_backup() throws JsonProcessingException {
        Outcome outcome = read("{'status':'completed','verification':{'status':'failed','failure':"
                + "{'category':'repository_unavailable','message':'m','hint':'h'}}}");

        assertThat(outcome.verificationFailed()).isTrue();
        assertThat(outcome.exitCode()).isEqualTo(FailureCategory.REPOSITORY_UNAVAILABLE.exitCode());
    }

    @Test
    void the_rest_exits_as_documented() throws JsonProcessingException {
        assertThat(read("{'status':'verified'}").exitCode()).isEqualTo(ExitCode.OK);
        assertThat(read("{'status':'cancelled'}").exitCode()).isEqualTo(ExitCode.CANCELLED);
        assertThat(read("{'status':'missed'}").exitCode()).isNotEqualTo(ExitCode.OK);
    }

    private static Outcome read(String json) throws JsonProcessingException {
        return Outcome.of(Json.MAPPER.readTree(json.replace('\'', '"')));
    }
}
