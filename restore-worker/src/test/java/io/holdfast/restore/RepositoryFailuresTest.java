package io.holdfast.restore;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.events.FailureCategory;
import io.holdfast.events.verification.Damage;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.content.Damage.PageRange;
import io.holdfast.repository.content.DamageKind;
import io.holdfast.repository.index.FilePath;
import io.holdfast.repository.store.ObjectKey;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RepositoryFailuresTest {
    private static final ObjectKey PACK = new ObjectKey("orders/logical/packs/p1");

    @Test
    void a_damage_is_told_as_it_was_found_however_the_file_is_called() {
        FilePath awkward = new FilePath("base/5; concerns page 7 of other and 3 more");
        RepositoryException found = new RepositoryException.Damaged(
                new io.holdfast.repository.content.Damage(
                        PACK,
                        List.of(awkward),
                        Optional.of(new PageRange(16, 16)),
                        DamageKind.WRONG_DIGEST,
                        "another object o: was found"),
                "Stored bytes are damaged.",
                "restore another backup.",
                null);

        RestoreException failure = RepositoryFailures.of(found);

        assertThat(failure.failure().category()).isEqualTo(FailureCategory.REPOSITORY_DAMAGED);
        assertThat(failure.damages())
                .containsExactly(
                        new Damage(PACK.value(), awkward.value(), "pages 16 to 31: another object o: was found"));
    }

    @Test
    void a_damaged_object_is_named_although_no_file_is_known() {
        RestoreException failure = RepositoryFailures.of(
                new RepositoryException.Damaged(PACK, "it is cut short", "It is damaged.", "another.", null));

        assertThat(failure.damages()).containsExactly(new Damage(PACK.value(), null, "it is cut short"));
    }

    @Test
    void what_names_no_object_makes_none_up() {
        RestoreException failure =
                RepositoryFailures.of(new RepositoryException.Conflict("object x: is another's.", "look."));

        assertThat(failure.failure().category()).isEqualTo(FailureCategory.REPOSITORY_DAMAGED);
        assertThat(failure.damages()).isEmpty();
    }
}
