package io.holdfast.verifier.verification;

import io.holdfast.events.verification.VerificationLevel;
import io.holdfast.verifier.VerifierConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The defaults, without a configuration to read them from. */
record SmallConfig() implements VerifierConfig, VerifierConfig.Verifier {

    @Override
    public Optional<List<Path>> postgresInstallations() {
        return Optional.empty();
    }

    @Override
    public VerifierConfig.Verifier verifier() {
        return this;
    }

    @Override
    public int threads() {
        return 2;
    }

    @Override
    public VerificationLevel level() {
        return VerificationLevel.STRUCTURE;
    }

    @Override
    public Duration dumpTimeout() {
        return Duration.ofMinutes(1);
    }
}
