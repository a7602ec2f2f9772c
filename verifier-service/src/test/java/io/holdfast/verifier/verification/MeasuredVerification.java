package io.holdfast.verifier.verification;

import io.holdfast.events.verification.VerificationLevel;
import io.holdfast.repository.BackupId;
import io.holdfast.repository.PlaceLayout;
import io.holdfast.repository.Repository;
import io.holdfast.repository.TargetName;
import io.holdfast.repository.store.StoreAccess;
import io.holdfast.repository.store.StoreAddress;
import io.holdfast.testing.ConfigurationDefaults;
import io.holdfast.verifier.VerifierConfig;
import java.io.IOException;

/**
 * One verification as the service makes it, with the service's own configuration and its defaults, in a process of its
 * own and without broker. {@code bench/compare} runs it.
 */
final class MeasuredVerification {
    private MeasuredVerification() {}

    /** Arguments: repository (URL), target, backup, level. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        VerifierConfig config = ConfigurationDefaults.of(VerifierConfig.class);
        long begun = System.nanoTime();
        try (Repository repository =
                Repository.open(StoreAddress.parse(arguments[0]).connect(StoreAccess.NONE))) {
            TargetName target = new TargetName(arguments[1]);
            PlaceLayout layout =
                    new PlaceLayout(target, repository.places(target).getFirst());
            Findings findings = new BackupCheck(config)
                    .check(
                            repository.at(target, layout.place()),
                            layout,
                            new BackupId(arguments[2]),
                            VerificationLevel.of(arguments[3]),
                            (phase, bytes, total) -> {});
            if (findings.failure().isPresent() || !findings.level().wireName().equals(arguments[3])) {
                throw new IOException("not verified: " + findings);
            }
        }
        System.out.println("work_millis=" + (System.nanoTime() - begun) / 1_000_000);
    }
}
