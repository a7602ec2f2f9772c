package io.holdfast.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class IdsTest {

    @Test
    void a_derived_id_is_the_same_in_every_version() {
        EventId derived = EventId.derived("019c2a52-8c00-7d3a-b1a5-0c1d2e3f4a5b", "io.holdfast.backup.completed.v1");

        assertThat(derived).isEqualTo(new EventId("1e76eef5-dfcf-8f0e-b16f-ce44cd0ccb84"));
        assertThat(derived.asUuid().version()).isEqualTo(8);
        assertThat(derived.asUuid().variant()).isEqualTo(2);
    }

    @Test
    void the_parts_of_a_derived_id_do_not_run_together() {
        assertThat(EventId.derived("ab", "c")).isNotEqualTo(EventId.derived("a", "bc"));
    }

    @Test
    void ids_of_holdfast_sort_by_time() {
        Random random = new Random(1);
        EventId first = new EventIds(at("2026-11-20T02:00:00.001Z"), random).next();
        EventId second = new EventIds(at("2026-11-20T02:00:00.002Z"), random).next();

        assertThat(first.value()).isLessThan(second.value());
        assertThat(first.asUuid().version()).isEqualTo(7);
        assertThat(first.asUuid().variant()).isEqualTo(2);
        assertThat(first.asUuid().getMostSignificantBits() >>> 16)
                .isEqualTo(Instant.parse("2026-11-20T02:00:00.001Z").toEpochMilli());
    }

    @Test
    void a_backup_has_the_id_of_its_request() {
        UUID uuid = UUID.fromString("019c2a52-8c00-7d3a-b1a5-0c1d2e3f4a5b");

        assertThat(BackupId.of(new EventId(uuid.toString())).value()).isEqualTo(uuid);
        assertThat(RestoreId.of(new EventId(uuid.toString())).value()).isEqualTo(uuid);
    }

    @Test
    void a_request_of_another_publisher_gets_the_same_backup_id_each_time() {
        assertThat(BackupId.of(new EventId("deploy 812"))).hasToString("5141bf53-6db4-87d8-a6fd-5622b2a886f2");
        assertThat(BackupId.of(new EventId("1-1-1-1-1")).value()).isNotEqualTo(UUID.fromString("1-1-1-1-1"));
    }

    @Test
    void an_id_that_is_none_is_refused_with_a_hint() {
        for (String text : new String[] {"", "1-1-1-1-1", "orders", "019c2a52-8c00-7d3a-b1a5-0c1d2e3f4a5"}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> BackupId.of(text))
                    .withMessageContaining("HINT:");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> RestoreId.of(text))
                    .withMessageContaining("HINT:");
        }
    }

    @Test
    void event_ids_are_short_and_printable() {
        assertThat(new EventId("x".repeat(200)).value()).hasSize(200);
        for (String value : new String[] {"", "  ", "a\nb", "a\u0000b", "x".repeat(201)}) {
            assertThatIllegalArgumentException().isThrownBy(() -> new EventId(value));
        }
    }

    @Test
    void names_are_safe_as_key_folder_and_label() {
        for (String name : new String[] {"orders", "0", "a.b_c-d", "x".repeat(63)}) {
            assertThat(new TargetId(name)).hasToString(name);
            assertThat(new RepositoryId(name)).hasToString(name);
            assertThat(new SiteName(name)).hasToString(name);
        }
        for (String name :
                new String[] {"", "Orders", ".", "a..b", "../etc", "a/b", "-oX", "a b", "ä", "a\n", "x".repeat(64)}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new TargetId(name))
                    .withMessageContaining("HINT:");
            assertThatIllegalArgumentException().isThrownBy(() -> new RepositoryId(name));
            assertThatIllegalArgumentException().isThrownBy(() -> new SiteName(name));
        }
    }

    @Test
    void every_category_is_found_by_its_name_and_a_newer_one_is_still_a_failure() {
        for (FailureCategory category : FailureCategory.values()) {
            assertThat(FailureCategory.of(category.wireName())).isEqualTo(category);
        }
        assertThat(FailureCategory.of("moon_phase")).isEqualTo(FailureCategory.INTERNAL);
    }

    private static Clock at(String time) {
        return Clock.fixed(Instant.parse(time), ZoneOffset.UTC);
    }
}
