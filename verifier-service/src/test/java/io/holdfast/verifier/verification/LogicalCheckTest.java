package io.holdfast.verifier.verification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.holdfast.events.FailureCategory;
import io.holdfast.events.verification.VerificationLevel;
import io.holdfast.repository.BackupId;
import io.holdfast.repository.Place;
import io.holdfast.repository.PlaceLayout;
import io.holdfast.repository.Repository;
import io.holdfast.repository.TargetName;
import io.holdfast.repository.TargetPlace;
import io.holdfast.repository.store.MemoryObjectStore;
import io.holdfast.runtime.postgres.InstallationFolders;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogicalCheckTest {

    private static final TargetName TARGET = new TargetName("orders");
    private static final BackupId BACKUP = new BackupId("b1");

    private final Dumps good = Dumps.good();

    @TempDir
    Path work;

    @Test
    void a_good_dump_is_read_to_its_end_by_pg_restore() throws IOException, InterruptedException {
        assumePgRestore();

        Findings findings = checked(good);

        assertThat(findings.damages()).isEmpty();
        assertThat(findings.level()).isEqualTo(VerificationLevel.STRUCTURE);
    }

    @Test
    void a_dump_that_is_cut_short_anywhere_is_named() throws IOException, InterruptedException {
        assumePgRestore();
        int length = good.shop().length;

        for (int kept : new int[] {length - 1, length - 20, length / 2, 600, 5}) {
            Findings findings = checked(new Dumps("15.18", Arrays.copyOf(good.shop(), kept), good.globals()));

            assertThat(findings.failure())
                    .as("%d of %d", kept, length)
                    .hasValueSatisfying(
                            failure -> assertThat(failure.category()).isEqualTo(FailureCategory.CHECK_FAILED));
            assertThat(findings.damages()).singleElement().satisfies(damage -> {
                assertThat(damage.file()).isEqualTo(Dumps.SHOP.value());
                assertThat(damage.what()).contains("database \"shop\"").contains("pg_restore");
            });
        }
    }

    @Test
    void roles_that_are_cut_short_are_named() throws IOException, InterruptedException {
        byte[] cut = Arrays.copyOf(good.globals(), good.globals().length - 60);

        assertThat(checked(new Dumps("15.18", good.shop(), cut)).damages())
                .singleElement()
                .satisfies(damage -> assertThat(damage.file()).isEqualTo("globals.sql"));
    }

    @Test
    void without_a_suitable_pg_restore_no_more_is_claimed_than_was_seen() throws IOException, InterruptedException {
        Findings findings = checked(new Dumps("99.1", good.shop(), good.globals()));

        assertThat(findings.failure()).isEmpty();
        assertThat(findings.level()).isEqualTo(VerificationLevel.BYTES);
        assertThat(findings.notes()).singleElement().asString().contains("99").contains("HINT:");
    }

    @Test
    void without_a_suitable_pg_restore_what_is_no_archive_is_found_all_the_same()
            throws IOException, InterruptedException {
        assertThat(checked(new Dumps("99.1", new byte[1000], good.globals())).damages())
                .singleElement()
                .satisfies(damage -> assertThat(damage.what()).contains("does not begin"));
    }

    private Findings checked(Dumps dumps) throws IOException, InterruptedException {
        TargetPlace place = Repository.openOrInitialise(new MemoryObjectStore(), UUID.randomUUID())
                .at(TARGET, Place.LOGICAL);
        dumps.store(place, BACKUP, work);
        return new BackupCheck(new SmallConfig())
                .check(
                        place,
                        new PlaceLayout(TARGET, Place.LOGICAL),
                        BACKUP,
                        VerificationLevel.STRUCTURE,
                        (phase, done, total) -> {});
    }

    private static void assumePgRestore() throws IOException, InterruptedException {
        assumeTrue(
                PostgresPrograms.in(InstallationFolders.of(List.of()))
                        .reading("15.18")
                        .isPresent(),
                "skipped: there is no pg_restore below /usr/lib/postgresql");
    }
}
