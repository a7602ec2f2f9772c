package io.holdfast.cli.local;

import io.holdfast.cli.output.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * How to reach an instance: what {@code up --json} prints and what the other commands read.
 *
 * @param url   the control plane's address
 * @param kafka the broker's bootstrap address
 * @param token the API's bearer token
 */
public record ConnectionDetails(String url, String kafka, String token) {

    public static Optional<ConnectionDetails> read(InstanceFolder folder) throws IOException {
        return Files.exists(folder.connection())
                ? Optional.of(Json.MAPPER.readValue(folder.connection().toFile(), ConnectionDetails.class))
                : Optional.empty();
    }

    void write(Path file) throws IOException {
        PrivateFiles.replace(file, Json.line(this) + "\n");
    }

    /** Without the token. */
    @Override
    public String toString() {
        return "ConnectionDetails[url=" + url + ", kafka=" + kafka + "]";
    }
}
