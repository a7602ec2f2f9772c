package io.holdfast.verifier;

import io.holdfast.events.verification.VerificationLevel;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import io.smallrye.config.WithName;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What the verifier can be told, beside what every service can. */
@ConfigMapping(prefix = "holdfast")
public interface VerifierConfig {

    /** PostgreSQL's installation folders, each with {@code bin/}. Default: all below {@code /usr/lib/postgresql}. */
    Optional<List<Path>> postgresInstallations();

    @WithName("verifier")
    Verifier verifier();

    /** The verifier's own. */
    interface Verifier {
        /** How many threads decompress and hash, for each backup that is read. */
        @WithDefault("2")
        int threads();

        /**
         * How much is looked at after each backup, and where a request does not say: {@code bytes} (every stored byte against
         * its digest) or {@code structure} (all that, decompressed, and whether the parts fit together).
         */
        @WithDefault("structure")
        VerificationLevel level();

        /** How long pg_restore may take to read one dump. */
        @WithDefault("12h")
        Duration dumpTimeout();
    }
}
