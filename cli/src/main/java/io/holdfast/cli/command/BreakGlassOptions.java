package io.holdfast.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.cli.local.OfflineProgram;
import io.holdfast.cli.output.CommandFailure;
import io.holdfast.cli.output.ExitCode;
import io.holdfast.cli.output.Json;
import io.holdfast.events.RepositoryId;
import io.holdfast.events.definition.RepositoryDefined;
import io.holdfast.events.wire.EventCodec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where a repository is and what opens it, for whoever has nothing else left. */
final class BreakGlassOptions {
    /** It is not needed to restore: it lies in the repository, wrapped for whoever may read the backups. */
    private static final String NO_INDEX_KEY = "env:NONE";

    @Option(
            names = "--repository",
            paramLabel = "URL|NAME",
            description =
                    "restore from this repository by yourself, without a control plane or any service: file:///srv/holdfast,"
                            + " s3://bucket/prefix …, or a name out of --config. Without --backup and a moment: list what is there")
    @Nullable
    String repository;

    @Option(names = "--config", paramLabel = "FILE", description = "holdfast.yaml, where --repository NAME is defined")
    @Nullable
    Path config;

    @Option(
            names = "--access-key",
            paramLabel = "REF",
            description = "where the store's access key is found, as are all of these: env:NAME or file:/path")
    @Nullable
    String accessKey;

    @Option(names = "--secret-key", paramLabel = "REF", description = "the store's secret key")
    @Nullable
    String secretKey;

    @Option(
            names = "--openpgp-secret-key",
            paramLabel = "REF",
            description = "an OpenPGP private key that opens the backups; may be repeated")
    @Nullable
    List<String> openpgpSecretKeys;

    @Option(names = "--openpgp-passphrase", paramLabel = "REF", description = "the passphrase of those keys")
    @Nullable
    String openpgpPassphrase;

    @Option(names = "--passphrase", paramLabel = "REF", description = "the passphrase that opens the backups")
    @Nullable
    String passphrase;

    @Option(names = "--aws-kms-key", paramLabel = "ARN", description = "a key in AWS KMS that opens the backups")
    @Nullable
    List<String> awsKmsKeys;

    @Option(
            names = "--postgres",
            paramLabel = "DIR",
            description = "with --repository: a PostgreSQL installation, with bin; may be repeated (default:"
                    + " /usr/lib/postgresql/*)")
    @Nullable
    List<Path> installations;

    @Option(
            names = "--run-as",
            paramLabel = "USER",
            description = "with --repository, as root: as whom the server runs (default: postgres, else nobody)")
    @Nullable
    String runAs;

    @Option(
            names = "--user",
            paramLabel = "ROLE",
            description =
                    "with --repository: for which role of the cluster the connection is told (default: a superuser)")
    @Nullable
    String role;

    /** Options that say nothing without a repository are a mistake. */
    void refuseWithoutRepository() throws CommandFailure {
        boolean said = Stream.of(
                        config,
                        accessKey,
                        secretKey,
                        openpgpSecretKeys,
                        openpgpPassphrase,
                        passphrase,
                        awsKmsKeys,
                        installations,
                        role,
                        runAs)
                .anyMatch(Objects::nonNull);
        if (said) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    "--config, --access-key, --secret-key, --openpgp-…, --passphrase, --aws-kms-key, --postgres, --run-as"
                            + " and --user need --repository",
                    "leave them out: the control plane knows these");
        }
    }

    /** The definition that is meant, as JSON. */
    JsonNode definition(GlobalOptions global) throws IOException, InterruptedException, CommandFailure {
        String named = Objects.requireNonNull(repository, "asked for only where there is one");
        if (named.contains(":/")) {
            return EventCodec.newJsonMapper().valueToTree(typed(named));
        }
        Path file = config == null ? LocalInstance.folder(global).configuration() : config.toAbsolutePath();
        if (!Files.isReadable(file)) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    named + " is no URL, and " + file + " cannot be read",
                    "write a URL such as file:///srv/holdfast, or name holdfast.yaml with --config");
        }
        for (String line : OfflineProgram.REPOSITORIES.run(LocalInstance.distribution(), "", file.toString())) {
            JsonNode defined = Json.MAPPER.readTree(line);
            if (Json.text(defined, "repository").equals(named)) {
                return defined;
            }
        }
        throw new CommandFailure(
                ExitCode.USAGE, file + " defines no repository " + named, "look under `repositories`, or write a URL");
    }

    private RepositoryDefined typed(String url) {
        boolean encrypts = Stream.of(openpgpSecretKeys, passphrase, awsKmsKeys).anyMatch(Objects::nonNull);
        RepositoryDefined.Encryption encryption = !encrypts
                ? null
                : new RepositoryDefined.Encryption(
                        List.of(),
                        openpgpSecretKeys == null ? List.of() : openpgpSecretKeys,
                        openpgpPassphrase,
                        passphrase,
                        NO_INDEX_KEY,
                        null,
                        awsKmsKeys == null ? null : new RepositoryDefined.AwsKms(awsKmsKeys, null, null, null));
        return new RepositoryDefined(new RepositoryId("given"), 0, url, accessKey, secretKey, null, encryption);
    }

    /** What the program is told beside. */
    void addTo(Map<String, Object> order) {
        if (installations != null) {
            List<String> absolute = new ArrayList<>();
            installations.forEach(
                    each -> absolute.add(each.toAbsolutePath().normalize().toString()));
            order.put("installations", absolute);
        }
        if (runAs != null) {
            order.put("run_as", runAs);
        }
        if (role != null) {
            order.put("role", role);
        }
    }
}
