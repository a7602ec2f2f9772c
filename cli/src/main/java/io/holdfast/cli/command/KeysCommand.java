package io.holdfast.cli.command;

import io.holdfast.cli.output.CommandFailure;
import io.holdfast.cli.output.ExitCode;
import io.holdfast.events.signing.KeyFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code holdfast keys}: what an installation needs once, before its first start, and the keys of its repositories. */
@Command(
        name = "keys",
        mixinStandardHelpOptions = true,
        description =
                "Makes the control plane's key pair. The private half belongs to the scheduler-service alone; every"
                        + " other service is given the public half.",
        subcommands = {KeysCheckCommand.class, KeysRewrapCommand.class})
final class KeysCommand implements Callable<Integer> {
    @Mixin
    GlobalOptions global;

    @Option(
            names = "--private-key",
            paramLabel = "FILE",
            description = "the private half, PEM (PKCS #8), readable by its owner alone; must not exist")
    @Nullable
    Path privateKey;

    @Option(names = "--public-key", paramLabel = "FILE", description = "the public half, PEM; must not exist")
    @Nullable
    Path publicKey;

    @Override
    public Integer call() throws Exception {
        if (privateKey == null || publicKey == null) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    "keys makes a key pair of two files, and " + (privateKey == null ? "--private-key" : "--public-key")
                            + " is missing",
                    "give --private-key FILE and --public-key FILE; or use keys check or keys rewrap.");
        }
        for (Path file : new Path[] {privateKey, publicKey}) {
            if (Files.exists(file)) {
                throw new CommandFailure(
                        ExitCode.USAGE,
                        file + " exists",
                        "a key pair that is in use must not be replaced; name other files for a new one.");
            }
        }
        KeyFiles.create(privateKey, publicKey);
        global.console()
                .result(
                        Map.of("private_key", privateKey.toString(), "public_key", publicKey.toString()),
                        "Made " + privateKey + " and " + publicKey + ".");
        return ExitCode.OK;
    }
}
