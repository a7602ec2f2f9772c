package io.holdfast.repository.store.s3;

import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.store.remote.StoreUrl;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Where a bucket is and how it is spoken to, as {@code docs/configuration.md} lists it.
 *
 * @param prefix what all keys begin with; empty, or without slashes at its ends
 * @param region that requests are signed for
 * @param endpoint of servers other than Amazon's
 * @param checksumsWhenRequired for older servers: no checksums but where the protocol demands them, then MD5
 * @param chunkedEncoding whether bodies may be sent in signed chunks
 * @param sse how the store seals objects: {@code AES256} or {@code aws:kms}
 * @param partBytes of the first parts; smaller objects are put at once
 * @param memoryBytes of parts that are on their way at once
 * @param readsOldest whether the oldest version of an object counts; empty: where the bucket has versions
 */
public record S3Location(
        String bucket,
        String prefix,
        String region,
        Optional<URI> endpoint,
        boolean pathStyle,
        boolean checksumsWhenRequired,
        boolean chunkedEncoding,
        Optional<String> storageClass,
        Optional<String> sse,
        Optional<String> kmsKey,
        int partBytes,
        long memoryBytes,
        Optional<Boolean> readsOldest,
        Duration connectTimeout,
        Duration silenceTimeout,
        Duration giveUpAfter) {
    private static final List<String> PARAMETERS = List.of(
            "region",
            "endpoint",
            "path_style",
            "checksums",
            "chunked_encoding",
            "storage_class",
            "sse",
            "kms_key",
            "part_size",
            "memory",
            "versions",
            "connect_timeout",
            "silence_timeout",
            "give_up_after");

    /** Reads an address {@code s3://bucket/prefix?...}. */
    public static S3Location parse(URI uri) throws RepositoryException {
        StoreUrl url = StoreUrl.of(uri, "bucket", PARAMETERS);
        Optional<String> sse = url.oneOf("sse", "AES256", "aws:kms");
        if (url.text("kms_key").isPresent() && !sse.equals(Optional.of("aws:kms"))) {
            throw StoreUrl.wrong("kms_key", "it goes together with sse=aws:kms");
        }
        return new S3Location(
                url.container(),
                url.prefix(),
                url.text("region").orElse("us-east-1"),
                url.endpoint("endpoint"),
                url.flag("path_style", false),
                url.oneOf("checksums", "when_supported", "when_required").equals(Optional.of("when_required")),
                url.flag("chunked_encoding", true),
                url.text("storage_class"),
                sse,
                url.text("kms_key"),
                // S3 refuses smaller parts: https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html
                (int) url.size("part_size", 8 << 20, 5 << 20, 1 << 30),
                url.size("memory", 64 << 20, 5 << 20, 16L << 30),
                url.oneOf("versions", "oldest", "newest").map("oldest"::equals),
                url.time("connect_timeout", Duration.ofSeconds(10), Duration.ofMinutes(10)),
                url.time("silence_timeout", Duration.ofSeconds(30), Duration.ofHours(1)),
                url.time("give_up_after", Duration.ofMinutes(10), Duration.ofHours(24)));
    }

    /** The address without its parameters, for messages. */
    String describe() {
        return "s3://" + bucket + (prefix.isEmpty() ? "" : "/" + prefix)
                + endpoint.map(at -> " at " + at).orElse("");
    }
}
