package io.holdfast.repository.key;

import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.store.StoreCredentials;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.KmsClientBuilder;

/**
 * A symmetric key in AWS KMS, and the way to it. The service wraps and unwraps; the key never leaves it. Requests that were
 * too many, or failed in a way that may pass, are made again for a minute; if that did not help, the service is not asked
 * again for as long, so that not every key of a repository waits for it. Keeps no connection. Safe for use by several
 * threads.
 *
 * @see <a href="https://docs.aws.amazon.com/kms/latest/APIReference/API_Encrypt.html">Encrypt</a>, and Decrypt
 */
public final class AwsKmsKey {
    static final String PREFIX = "aws-kms-";

    // A key itself, not an alias: that could come to mean another key, which does not open what this one wrapped.
    private static final Pattern ARN =
            Pattern.compile("arn:aws(?:-[a-z]+)*:kms:([a-z0-9-]{1,25}):([0-9]{12}):key/([a-z0-9-]{1,50})");
    private static final Duration GIVE_UP_AFTER = Duration.ofMinutes(1);
    private static final Duration SILENCE = Duration.ofSeconds(20);
    private static final int MOST_ATTEMPTS = 8;

    private final String arn;
    private final String region;
    private final String id;
    private final Optional<URI> endpoint;
    private final Optional<StoreCredentials> credentials;
    private final Duration giveUpAfter;
    private final LongSupplier nanoTime;
    private final AtomicReference<@Nullable Silence> silence = new AtomicReference<>();

    /** The service failed in a way that may pass. */
    private record Silence(long since, RepositoryException.Unavailable failure) {}

    private AwsKmsKey(
            String arn,
            String region,
            String id,
            Optional<URI> endpoint,
            Optional<StoreCredentials> credentials,
            Duration giveUpAfter,
            LongSupplier nanoTime) {
        this.arn = arn;
        this.region = region;
        this.id = id;
        this.endpoint = endpoint;
        this.credentials = credentials;
        this.giveUpAfter = giveUpAfter;
        this.nanoTime = nanoTime;
    }

    /**
     * A key. Nothing is asked yet.
     *
     * @param arn of the key itself, not of an alias
     * @param endpoint if not the region's own
     * @param credentials if not the host's own: environment, profile or role
     * @throws RepositoryException.Unusable if that is no key's ARN
     */
    public static AwsKmsKey of(String arn, Optional<URI> endpoint, Optional<StoreCredentials> credentials)
            throws RepositoryException {
        Matcher parts = ARN.matcher(arn);
        if (!parts.matches()) {
            throw new RepositoryException.Unusable(
                    "\"" + arn.replaceAll("\\p{Cntrl}", "?") + "\" is not the ARN of a key in AWS KMS.",
                    "write it like arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab; an"
                            + " alias will not do.");
        }
        String id = PREFIX + parts.group(1) + "-" + parts.group(2) + "-" + parts.group(3);
        return new AwsKmsKey(arn, parts.group(1), id, endpoint, credentials, GIVE_UP_AFTER, System::nanoTime);
    }

    AwsKmsKey givingUpAfter(Duration time, LongSupplier clock) {
        return new AwsKmsKey(arn, region, id, endpoint, credentials, time, clock);
    }

    /** Tells it from other recipients: region, account and key. */
    String id() {
        return id;
    }

    String describe() {
        return "the AWS KMS key " + arn;
    }

    byte[] wrap(byte[] message, KeyContext context) throws RepositoryException {
        return ask(
                "Wrapping the key " + context.key(),
                client -> client.encrypt(request -> request.keyId(arn)
                                .plaintext(SdkBytes.fromByteArray(message))
                                .encryptionContext(context.pairs()))
                        .ciphertextBlob()
                        .asByteArray());
    }

    byte[] unwrap(byte[] wrapped, KeyContext context) throws RepositoryException {
        return ask(
                "Unwrapping the key " + context.key(),
                client -> client.decrypt(request -> request.keyId(arn)
                                .ciphertextBlob(SdkBytes.fromByteArray(wrapped))
                                .encryptionContext(context.pairs()))
                        .plaintext()
                        .asByteArray());
    }

    private byte[] ask(String doing, Function<KmsClient, byte[]> request) throws RepositoryException {
        Silence known = silence.get();
        if (known != null && nanoTime.getAsLong() - known.since() < giveUpAfter.toNanos()) {
            throw new RepositoryException.Unavailable(
                    doing + " with " + describe() + " was not tried, for just now: "
                            + known.failure().what(),
                    known.failure().hint(),
                    known.failure());
        }
        try (KmsClient client = client()) {
            byte[] answer = request.apply(client);
            silence.set(null);
            return answer;
        } catch (SdkException e) {
            RepositoryException failure = AwsKmsFailures.of(e, doing + " with " + describe());
            if (failure instanceof RepositoryException.Unavailable away) {
                silence.set(new Silence(nanoTime.getAsLong(), away));
            }
            throw failure;
        }
    }

    private KmsClient client() {
        KmsClientBuilder builder = KmsClient.builder()
                .region(Region.of(region))
                .overrideConfiguration(
                        override -> override.retryStrategy(AwsRetryStrategy.standardRetryStrategy().toBuilder()
                                        .maxAttempts(MOST_ATTEMPTS)
                                        .build())
                                .apiCallTimeout(giveUpAfter))
                .httpClientBuilder(Apache5HttpClient.builder().socketTimeout(SILENCE));
        endpoint.ifPresent(builder::endpointOverride);
        credentials.ifPresent(known -> builder.credentialsProvider(
                StaticCredentialsProvider.create(AwsBasicCredentials.create(known.accessKey(), known.secretKey()))));
        return builder.build();
    }

    /** The key's name; no credentials. */
    @Override
    public String toString() {
        return "AwsKmsKey[" + arn + "]";
    }
}
