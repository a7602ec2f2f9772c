package io.holdfast.scheduler.configuration;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.events.RepositoryId;
import io.holdfast.events.definition.Definition;
import io.holdfast.events.definition.DefinitionRemoved;
import io.holdfast.events.definition.RepositoryDefined;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DefinitionPlanTest {

    @Test
    void what_was_never_said_is_said_with_revision_one() {
        assertThat(plan(List.of(main(0, "file:///a")), Map.of(), Map.of())).containsExactly(main(1, "file:///a"));
    }

    @Test
    void what_was_said_already_is_not_said_again_even_if_kafka_does_not_have_it_yet() {
        assertThat(plan(List.of(main(0, "file:///a")), said(main(3, "file:///a")), Map.of()))
                .isEmpty();
    }

    @Test
    void a_change_is_said_with_the_next_revision() {
        assertThat(plan(List.of(main(0, "file:///b")), said(main(3, "file:///a")), said(main(3, "file:///a"))))
                .containsExactly(main(4, "file:///b"));
    }

    @Test
    void what_the_configuration_no_longer_has_is_removed_once() {
        DefinitionRemoved removed = new DefinitionRemoved("repository/main", 4);

        assertThat(plan(List.of(), said(main(3, "file:///a")), said(main(3, "file:///a"))))
                .containsExactly(removed);
        assertThat(plan(List.of(), said(removed), said(main(3, "file:///a")))).isEmpty();
    }

    @Test
    void what_comes_back_after_its_removal_goes_on_counting() {
        DefinitionRemoved removed = new DefinitionRemoved("repository/main", 4);

        assertThat(plan(List.of(main(0, "file:///a")), said(removed), said(removed)))
                .containsExactly(main(5, "file:///a"));
    }

    @Test
    void a_control_plane_without_memory_takes_up_what_kafka_has() {
        assertThat(plan(List.of(main(0, "file:///a")), Map.of(), said(main(7, "file:///a"))))
                .isEmpty();
        assertThat(plan(List.of(main(0, "file:///b")), Map.of(), said(main(7, "file:///a"))))
                .containsExactly(main(8, "file:///b"));
    }

    @Test
    void what_is_lost_on_kafka_is_said_again_with_a_revision_that_was_never_used() {
        DefinitionRemoved removed = new DefinitionRemoved("repository/main", 7);
        Set<String> lost = Set.of("repository/main");

        assertThat(DefinitionPlan.of(List.of(main(0, "file:///a")), said(main(7, "file:///a")), Map.of(), lost)
                        .toSay())
                .containsExactly(main(8, "file:///a"));
        assertThat(DefinitionPlan.of(
                                List.of(main(0, "file:///a")),
                                said(main(7, "file:///b")),
                                said(main(3, "file:///a")),
                                lost)
                        .toSay())
                .containsExactly(main(8, "file:///a"));
        assertThat(DefinitionPlan.of(List.of(), said(removed), said(main(3, "file:///a")), lost)
                        .toSay())
                .containsExactly(new DefinitionRemoved("repository/main", 8));
    }

    private static List<Definition> plan(
            List<Definition> wanted, Map<String, Definition> said, Map<String, Definition> onTopic) {
        return DefinitionPlan.of(wanted, said, onTopic, Set.of()).toSay();
    }

    private static Map<String, Definition> said(Definition definition) {
        return Map.of(definition.subject(), definition);
    }

    private static Definition main(long revision, String url) {
        return new RepositoryDefined(new RepositoryId("main"), revision, url);
    }
}
