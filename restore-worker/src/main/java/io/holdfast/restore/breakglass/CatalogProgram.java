package io.holdfast.restore.breakglass;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.events.Failure;
import io.holdfast.events.FailureCategory;
import io.holdfast.events.definition.RepositoryDefined;
import io.holdfast.events.wire.EventCodec;
import io.holdfast.repository.Repository;
import io.holdfast.repository.RepositoryException;
import io.holdfast.restore.RepositoryFailures;
import io.holdfast.runtime.repository.DefinedRepositories;
import io.holdfast.runtime.secrets.SecretException;
import io.holdfast.runtime.secrets.Secrets;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.logging.LogManager;

/**
 * What {@code holdfast catalog rebuild} runs to read a repository. Takes its definition as JSON from standard input; says a
 * line of JSON for each backup, one with {@code wal} for each piece of log that leads on from one, and last
 * {@code {"unreadable":[…]}}, or the failure.
 */
public final class CatalogProgram {
    private static final ObjectMapper JSON = EventCodec.newJsonMapper();
    private static final int LONGEST_DEFINITION = 1 << 20;

    private final DefinedRepositories repositories;
    private final PrintStream out;

    CatalogProgram(DefinedRepositories repositories, PrintStream out) {
        this.repositories = repositories;
        this.out = out;
    }

    public static void main(String[] arguments) throws IOException {
        LogManager.getLogManager().reset();
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        new CatalogProgram(new DefinedRepositories(new Secrets()), out).answer(System.in);
        System.exit(0);
    }

    void answer(InputStream definition) throws IOException {
        RepositoryDefined defined = JSON.readValue(definition.readNBytes(LONGEST_DEFINITION), RepositoryDefined.class);
        ObjectNode last = JSON.createObjectNode();
        try (Repository repository = repositories.openToRestore(defined)) {
            new StoredOutcomes(repository, defined.repository())
                    .forEach(outcome -> out.println(line(outcome)), last.withArray("unreadable")::add);
            new StoredLog(repository, defined.repository())
                    .forEach(piece -> out.println(line(Map.of("wal", piece))), last.withArray("unreadable")::add);
            last.withArray("unreadable");
        } catch (RepositoryException e) {
            failed(last, RepositoryFailures.of(e).failure());
        } catch (SecretException e) {
            failed(last, new Failure(FailureCategory.CONFIGURATION, e.what(), e.hint()));
        }
        out.println(line(last));
    }

    private static String line(Object value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("every part of an event can be written as JSON", e);
        }
    }

    private static void failed(ObjectNode answer, Failure failure) {
        answer.put("category", failure.category().wireName());
        answer.put("message", failure.message());
        answer.put("hint", failure.hint());
    }
}
