package io.holdfast.runtime.secrets;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Turns references into secrets: {@code env:NAME} is an environment variable, {@code file:/path} the content of a file
 * without its last line break. Read anew each time, so that a changed secret counts at once. Thread safe.
 */
@Singleton
public class Secrets {

    private static final String ENVIRONMENT = "env:";
    private static final String FILE = "file:";
    private static final long MAX_BYTES = 64 * 1024;

    private final Function<String, @Nullable String> environment;

    @Inject
    public Secrets() {
        this(System::getenv);
    }

    public Secrets(Function<String, @Nullable String> environment) {
        this.environment = environment;
    }

    /**
     * Resolves a reference.
     *
     * @throws SecretException when the reference is of neither kind (a plain value is refused and not repeated in the
     *     message), or leads nowhere
     */
    public Secret resolve(String reference) {
        if (reference.startsWith(ENVIRONMENT)) {
            return fromEnvironment(reference.substring(ENVIRONMENT.length()));
        }
        if (reference.startsWith(FILE)) {
            return fromFile(reference.substring(FILE.length()));
        }
        throw new SecretException(
                "a secret is given as a plain value, which is refused",
                "put it into an environment variable of the worker and write env:NAME, or into a file and write"
                        + " file:/path.",
                null);
    }

    private Secret fromEnvironment(String name) {
        String value = environment.apply(name);
        if (value == null) {
            throw new SecretException(
                    "the environment variable " + name + " is not set where this service runs",
                    "set it in the service's environment and start it again.",
                    null);
        }
        return new Secret(value);
    }

    private static Secret fromFile(String name) {
        try {
            Path file = Path.of(name.startsWith("///") ? name.substring(2) : name);
            if (!file.isAbsolute()) {
                throw new SecretException("file:" + name + " is not absolute", "write file:/the/whole/path.", null);
            }
            if (Files.size(file) > MAX_BYTES) {
                throw new SecretException(
                        file + " is longer than " + MAX_BYTES + " bytes", "is this the right file?", null);
            }
            String text = Files.readString(file, StandardCharsets.UTF_8);
            return new Secret(
                    text.endsWith("\r\n")
                            ? text.substring(0, text.length() - 2)
                            : text.endsWith("\n") ? text.substring(0, text.length() - 1) : text);
        } catch (IOException | InvalidPathException e) {
            throw new SecretException(
                    "the secret file " + name + " cannot be read ("
                            + e.getClass().getSimpleName() + ")",
                    "it has to exist on this host and be readable by the service's user.",
                    e);
        }
    }
}
