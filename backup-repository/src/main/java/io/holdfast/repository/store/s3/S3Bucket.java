package io.holdfast.repository.store.s3;

import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.store.ObjectKey;
import io.holdfast.repository.store.ObjectLock;
import io.holdfast.repository.store.StoreAccess;
import io.holdfast.repository.store.StoreCredentials;
import io.holdfast.repository.store.remote.Prefix;
import io.holdfast.repository.store.remote.Retries;
import io.holdfast.repository.store.remote.Waiting;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.LegacyMd5Plugin;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;

/**
 * A bucket and the way to it. Thread safe.
 *
 * @param client makes each request once
 * @param retries make it again
 * @param random where the tokens of new objects come from
 */
record S3Bucket(
        S3Client client,
        S3Location location,
        Retries retries,
        Optional<ObjectLock> lock,
        Clock clock,
        RandomGenerator random) {
    private static final int MOST_CONNECTIONS = 64;

    static S3Bucket connect(S3Location location, StoreAccess access, Surroundings around) {
        Duration firstWait = Duration.ofMillis(100);
        Duration longestWait = Duration.ofSeconds(20);
        Retries.Limits limits = new Retries.Limits(firstWait, longestWait, location.giveUpAfter());
        return new S3Bucket(
                client(location, access.credentials()),
                location,
                new Retries(limits, around.waiting(), new S3Failures(location)),
                access.lock(),
                around.clock(),
                around.random());
    }

    /**
     * Time and chance.
     *
     * @param clock for dates that locks end on
     * @param random hard to guess
     */
    record Surroundings(Clock clock, Waiting waiting, RandomGenerator random) {}

    private static S3Client client(S3Location location, Optional<StoreCredentials> credentials) {
        S3ClientBuilder builder = S3Client.builder()
                .region(Region.of(location.region()))
                .forcePathStyle(location.pathStyle())
                .serviceConfiguration(service -> service.chunkedEncodingEnabled(location.chunkedEncoding()))
                .overrideConfiguration(override -> override.retryStrategy(AwsRetryStrategy.doNotRetry())
                        .apiCallAttemptTimeout(location.giveUpAfter()))
                .httpClientBuilder(Apache5HttpClient.builder()
                        .connectionTimeout(location.connectTimeout())
                        .socketTimeout(location.silenceTimeout())
                        .connectionAcquisitionTimeout(location.giveUpAfter())
                        .maxConnections(MOST_CONNECTIONS));
        location.endpoint().ifPresent(builder::endpointOverride);
        credentials.ifPresent(known -> builder.credentialsProvider(
                StaticCredentialsProvider.create(AwsBasicCredentials.create(known.accessKey(), known.secretKey()))));
        if (location.checksumsWhenRequired()) {
            builder.requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                    .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
                    .addPlugin(LegacyMd5Plugin.create());
        }
        return builder.build();
    }

    String bucket() {
        return location.bucket();
    }

    /** The name of an object in the bucket. */
    String name(ObjectKey key) {
        return name(key.value());
    }

    /** What comes behind the prefix, with it. */
    String name(String rest) {
        return prefix().name(rest);
    }

    /** The key of a name; empty if it is not one of this format's. */
    Optional<ObjectKey> key(String name) {
        return prefix().key(name);
    }

    private Prefix prefix() {
        return new Prefix(location.prefix());
    }

    String doing(String verb, ObjectKey key) {
        return verb + " " + key + " in " + location.describe();
    }

    <T> T ask(String doing, Retries.Request<T> request) throws RepositoryException {
        return retries.run(doing, request);
    }

    /**
     * What every whole answer holds. The client takes an answer that was cut before its first byte for one that says nothing:
     * a list of no objects.
     */
    static <T> T present(@Nullable T part) {
        if (part == null) {
            throw SdkClientException.create("the answer was cut short");
        }
        return part;
    }

    /** Tells one creation from all others. */
    String token() {
        return "%016x%016x".formatted(random.nextLong(), random.nextLong());
    }

    /** Until when an object that is created or extended now is locked. */
    Optional<Instant> lockedUntil() {
        return lock.map(wanted -> clock.instant().plus(wanted.length()));
    }
}
