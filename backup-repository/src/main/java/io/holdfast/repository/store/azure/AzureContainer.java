package io.holdfast.repository.store.azure;

import com.azure.core.http.jdk.httpclient.JdkHttpClientBuilder;
import com.azure.storage.blob.BlobContainerClient;
import com.azure.storage.blob.BlobServiceClientBuilder;
import com.azure.storage.blob.models.BlobImmutabilityPolicy;
import com.azure.storage.blob.models.BlobImmutabilityPolicyMode;
import com.azure.storage.blob.specialized.BlockBlobClient;
import com.azure.storage.common.StorageSharedKeyCredential;
import com.azure.storage.common.policy.RequestRetryOptions;
import com.azure.storage.common.policy.RetryPolicyType;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.store.ObjectKey;
import io.holdfast.repository.store.ObjectLock;
import io.holdfast.repository.store.StoreAccess;
import io.holdfast.repository.store.StoreCredentials;
import io.holdfast.repository.store.remote.Prefix;
import io.holdfast.repository.store.remote.Retries;
import io.holdfast.repository.store.remote.Waiting;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * A container and the way to it. Thread safe.
 *
 * @param client makes each request once
 * @param retries make it again
 * @param random where the tokens of new objects come from
 */
record AzureContainer(
        BlobContainerClient client,
        AzureLocation location,
        Retries retries,
        Optional<ObjectLock> lock,
        Clock clock,
        RandomGenerator random) {
    /**
     * Time and chance.
     *
     * @param clock for dates that locks end on
     * @param random hard to guess
     */
    record Surroundings(Clock clock, Waiting waiting, RandomGenerator random) {
        static Surroundings real() {
            return new Surroundings(Clock.systemUTC(), Waiting.real(), new SecureRandom());
        }
    }

    static AzureContainer connect(AzureLocation location, StoreAccess access, Surroundings around)
            throws RepositoryException {
        StoreCredentials who = access.credentials()
                .orElseThrow(() -> new RepositoryException.Unusable(
                        "The repository in " + location.describe() + " has no credentials.",
                        "give it access_key, the storage account's name, and secret_key, one of its keys."));
        Retries.Limits limits =
                new Retries.Limits(Duration.ofMillis(100), Duration.ofSeconds(20), location.giveUpAfter());
        return new AzureContainer(
                client(location, who),
                location,
                new Retries(limits, around.waiting(), new AzureFailures(location)),
                access.lock(),
                around.clock(),
                around.random());
    }

    private static BlobContainerClient client(AzureLocation location, StoreCredentials who) throws RepositoryException {
        String account = location.account().orElse(who.accessKey());
        String endpoint =
                location.endpoint().map(Object::toString).orElse("https://" + account + ".blob.core.windows.net");
        // One attempt each: retries are made in one place.
        RequestRetryOptions once = new RequestRetryOptions(
                RetryPolicyType.FIXED, 1, location.giveUpAfter(), Duration.ofMillis(1), Duration.ofMillis(1), null);
        try {
            return new BlobServiceClientBuilder()
                    .endpoint(endpoint)
                    .credential(new StorageSharedKeyCredential(account, who.secretKey()))
                    .retryOptions(once)
                    .httpClient(new JdkHttpClientBuilder()
                            .connectionTimeout(location.connectTimeout())
                            .readTimeout(location.silenceTimeout())
                            .responseTimeout(location.silenceTimeout())
                            .writeTimeout(location.silenceTimeout())
                            .build())
                    .buildClient()
                    .getBlobContainerClient(location.container());
        } catch (IllegalArgumentException e) {
            // The cause is left out: it may quote the key.
            throw new RepositoryException.Unusable(
                    "The account's name or key for " + location.describe() + " cannot be used.",
                    "the key is the Base64 that Azure shows under \"Access keys\"; check account= and endpoint= as well.");
        }
    }

    BlockBlobClient blob(ObjectKey key) {
        return blob(key.value());
    }

    BlockBlobClient blob(String rest) {
        return client.getBlobClient(name(rest)).getBlockBlobClient();
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

    /** The lock of an object that is created or extended now. */
    Optional<BlobImmutabilityPolicy> policy() {
        return lock.map(wanted -> policy(wanted.mode(), clock.instant().plus(wanted.length())));
    }

    static BlobImmutabilityPolicy policy(ObjectLock.Mode mode, Instant until) {
        return new BlobImmutabilityPolicy()
                .setExpiryTime(until.atOffset(ZoneOffset.UTC))
                .setPolicyMode(
                        switch (mode) {
                            case GOVERNANCE -> BlobImmutabilityPolicyMode.UNLOCKED;
                            case COMPLIANCE -> BlobImmutabilityPolicyMode.LOCKED;
                        });
    }
}
