package io.holdfast.restore.keys;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.events.Failure;
import io.holdfast.events.FailureCategory;
import io.holdfast.events.definition.RepositoryDefined;
import io.holdfast.events.wire.EventCodec;
import io.holdfast.repository.RepositoryException;
import io.holdfast.restore.RepositoryFailures;
import io.holdfast.runtime.repository.DefinedRepositories;
import io.holdfast.runtime.secrets.SecretException;
import io.holdfast.runtime.secrets.Secrets;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.logging.LogManager;

/**
 * What {@code holdfast keys} runs, as a process of its own on the host that restores: it works when broker, database and
 * control plane are gone. Takes the repository's definition as JSON from standard input, and references to secrets from its
 * own environment and files; answers with one object on standard output.
 */
public final class KeysProgram {
    private static final ObjectMapper JSON = EventCodec.newJsonMapper();
    private static final int LONGEST_DEFINITION = 1 << 20;

    private final DefinedRepositories repositories;

    KeysProgram(DefinedRepositories repositories) {
        this.repositories = repositories;
    }

    /** {@code check}, {@code rewrap}, or {@code rewrap RECIPIENT} to remove that one. */
    public static void main(String[] arguments) throws IOException {
        LogManager.getLogManager().reset();
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        out.println(new KeysProgram(new DefinedRepositories(new Secrets())).answer(List.of(arguments), System.in));
        System.exit(0);
    }

    /** One line of JSON: what was found, or {@code category}, {@code message} and {@code hint} of why not. */
    String answer(List<String> arguments, InputStream definition) throws IOException {
        RepositoryDefined defined = JSON.readValue(definition.readNBytes(LONGEST_DEFINITION), RepositoryDefined.class);
        try {
            return JSON.writeValueAsString(
                    arguments.getFirst().equals("check")
                            ? new DefinedKeyCheck(repositories).of(defined)
                            : new Rewrapping(repositories)
                                    .run(
                                            defined,
                                            arguments.stream()
                                                    .skip(1)
                                                    .map(name -> name.toLowerCase(Locale.ROOT))
                                                    .findFirst()));
        } catch (RepositoryException e) {
            return failed(RepositoryFailures.of(e).failure());
        } catch (SecretException e) {
            return failed(new Failure(FailureCategory.CONFIGURATION, e.what(), e.hint()));
        }
    }

    private static String failed(Failure failure) throws IOException {
        ObjectNode answer = JSON.createObjectNode();
        answer.put("category", failure.category().wireName());
        answer.put("message", failure.message());
        answer.put("hint", failure.hint());
        return JSON.writeValueAsString(answer);
    }
}
