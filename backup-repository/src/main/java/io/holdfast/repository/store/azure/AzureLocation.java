package io.holdfast.repository.store.azure;

import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.store.remote.StoreUrl;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Where a container is and how it is spoken to, as {@code docs/configuration.md} lists it.
 *
 * @param prefix what all names begin with; empty, or without slashes at its ends
 * @param account the storage account; empty: the one of the credentials
 * @param endpoint of servers other than Azure's, with the account in the path if they want that
 * @param tier what new objects cost to keep and to read
 * @param blockBytes of the first blocks; smaller objects are put at once
 * @param memoryBytes of blocks that are on their way at once
 */
public record AzureLocation(
        String container,
        String prefix,
        Optional<String> account,
        Optional<URI> endpoint,
        Optional<String> tier,
        int blockBytes,
        long memoryBytes,
        Duration connectTimeout,
        Duration silenceTimeout,
        Duration giveUpAfter) {
    private static final List<String> PARAMETERS = List.of(
            "account",
            "endpoint",
            "tier",
            "part_size",
            "memory",
            "connect_timeout",
            "silence_timeout",
            "give_up_after");

    /** Reads an address {@code azblob://container/prefix?...}. */
    public static AzureLocation parse(URI uri) throws RepositoryException {
        StoreUrl url = StoreUrl.of(uri, "container", PARAMETERS);
        return new AzureLocation(
                url.container(),
                url.prefix(),
                url.text("account"),
                url.endpoint("endpoint"),
                // Not Archive: nothing there can be read before it was thawed for hours.
                url.oneOf("tier", "Hot", "Cool", "Cold"),
                (int) url.size("part_size", 8 << 20, 1 << 20, 1 << 30),
                url.size("memory", 64 << 20, 1 << 20, 16L << 30),
                url.time("connect_timeout", Duration.ofSeconds(10), Duration.ofMinutes(10)),
                url.time("silence_timeout", Duration.ofSeconds(30), Duration.ofHours(1)),
                url.time("give_up_after", Duration.ofMinutes(10), Duration.ofHours(24)));
    }

    /** The address without its parameters, for messages. */
    String describe() {
        return "azblob://" + container + (prefix.isEmpty() ? "" : "/" + prefix)
                + endpoint.map(at -> " at " + at).orElse("");
    }
}
