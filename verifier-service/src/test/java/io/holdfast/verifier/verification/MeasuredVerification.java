package io.holdfast.verifier.verification;

import io.holdfast.events.verification.VerificationLevel;
import io.holdfast.repository.BackupId;
import io.holdfast.repository.PlaceLayout;
import io.holdfast.repository.Repository;
import io.holdfast.repository.TargetName;
import io.holdfast.repository.store.StoreAccess;
import io.holdfast.repository.store.StoreAddress;
import io.holdfast.testing.ConfigurationDefaults;
import io.holdfast.testing.Measured;
import io.holdfast.testing.MeasuredKeys;
import io.holdfast.verifier.VerifierConfig;
import java.io.IOException;
import java.util.List;

/**
 * Verification as the service makes it, with the service's own configuration and its defaults, without broker. {@code bench/compare} runs it.
 */
final class MeasuredVerification {
    private MeasuredVerification() {}

    /** Arguments: repository (URL), target, backup, level; then, as wished, {@code encrypted}. */
    public static void main(String[] arguments) throws Exception {
        Measured.main(arguments, MeasuredVerification::once);
    }

    private static void once(List<String> arguments) throws IOException, InterruptedException {
        VerifierConfig config = ConfigurationDefaults.of(VerifierConfig.class);
        try (Repository repository = Repository.open(
                StoreAddress.parse(arguments.get(0)).connect(StoreAccess.NONE), MeasuredKeys.of(arguments))) {
            TargetName target = new TargetName(arguments.get(1));
            PlaceLayout layout =
                    new PlaceLayout(target, repository.places(target).getFirst());
            Findings findings = new BackupCheck(config)
                    .check(
                            repository.at(target, layout.place()),
                            layout,
                            new BackupId(arguments.get(2)),
                            VerificationLevel.of(arguments.get(3)),
                            (phase, bytes, total) -> {});
            if (findings.failure().isPresent() || !findings.level().wireName().equals(arguments.get(3))) {
                throw new IOException("not verified: " + findings);
            }
        }
    }
}
