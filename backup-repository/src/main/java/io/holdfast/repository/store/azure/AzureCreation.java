package io.holdfast.repository.store.azure;

import com.azure.core.util.Context;
import com.azure.storage.blob.models.AccessTier;
import com.azure.storage.blob.models.BlobRequestConditions;
import com.azure.storage.blob.models.BlobStorageException;
import com.azure.storage.blob.options.BlockBlobCommitBlockListOptions;
import com.azure.storage.blob.options.BlockBlobSimpleUploadOptions;
import com.azure.storage.blob.specialized.BlockBlobClient;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.store.ObjectKey;
import io.holdfast.repository.store.PutOutcome;
import io.holdfast.repository.store.remote.PartedUpload;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Creates one object, if absent: <a href="https://learn.microsoft.com/rest/api/storageservices/put-block-list">blocks</a>
 * that become a blob by a conditional commit. The blob carries a random token in its metadata, so that a creation whose
 * answer was lost is known again. Blocks carry it in their names: those of all writers of a name lie together.
 */
final class AzureCreation implements PartedUpload.Destination {
    static final String TOKEN = "holdfast_put";

    /** There is one; or its blocks are gone, as they are once somebody commits a blob of this name. */
    private static final Set<String> TAKEN = Set.of(
            "BlobAlreadyExists",
            "ConditionNotMet",
            "InvalidBlockList",
            "BlobImmutableDueToPolicy",
            "UnauthorizedBlobOverwrite");

    private final AzureContainer container;
    private final ObjectKey key;
    private final BlockBlobClient blob;
    private final String token;

    AzureCreation(AzureContainer container, ObjectKey key) {
        this(container, key, container.blob(key));
    }

    private AzureCreation(AzureContainer container, ObjectKey key, BlockBlobClient blob) {
        this.container = container;
        this.key = key;
        this.blob = blob;
        this.token = "%016x%016x"
                .formatted(container.random().nextLong(), container.random().nextLong());
    }

    /** As for an object, of a name that is no key. */
    static AzureCreation probe(AzureContainer container, String name) {
        return new AzureCreation(container, new ObjectKey("probe"), container.blob(name));
    }

    @Override
    public PutOutcome whole(byte[] bytes, int length) throws RepositoryException {
        return create(() -> blob.uploadWithResponse(
                new BlockBlobSimpleUploadOptions(new ByteArrayInputStream(bytes, 0, length), length)
                        .setContentMd5(md5(bytes, length))
                        .setMetadata(Map.of(TOKEN, token))
                        .setTier(tier())
                        .setImmutabilityPolicy(container.policy().orElse(null))
                        .setRequestConditions(new BlobRequestConditions().setIfNoneMatch("*")),
                null,
                Context.NONE));
    }

    @Override
    public void begin() {
        // Blocks need no beginning.
    }

    @Override
    public void part(int number, byte[] bytes, int length) throws RepositoryException {
        byte[] md5 = md5(bytes, length);
        container.ask(
                doing(),
                () -> blob.stageBlockWithResponse(
                        block(number),
                        new ByteArrayInputStream(bytes, 0, length),
                        length,
                        md5,
                        null,
                        null,
                        Context.NONE));
    }

    /** The names of one blob's blocks have to be of the same length. */
    private String block(int number) {
        return Base64.getEncoder()
                .encodeToString((token + "%08d".formatted(number)).getBytes(StandardCharsets.US_ASCII));
    }

    @Override
    public PutOutcome complete(int count) throws RepositoryException {
        List<String> blocks =
                IntStream.rangeClosed(1, count).mapToObj(this::block).toList();
        return create(() -> blob.commitBlockListWithResponse(
                new BlockBlobCommitBlockListOptions(blocks)
                        .setMetadata(Map.of(TOKEN, token))
                        .setTier(tier())
                        .setImmutabilityPolicy(container.policy().orElse(null))
                        .setRequestConditions(new BlobRequestConditions().setIfNoneMatch("*")),
                null,
                Context.NONE));
    }

    @Override
    public void abort() {
        // There is no such request: the store drops blocks that nobody committed after a week.
    }

    private @Nullable AccessTier tier() {
        return container.location().tier().map(AccessTier::fromString).orElse(null);
    }

    private PutOutcome create(Runnable request) throws RepositoryException {
        return container.ask(doing(), () -> {
            try {
                request.run();
                return PutOutcome.CREATED;
            } catch (RuntimeException e) {
                BlobStorageException answer = AzureFailures.answer(e);
                if (answer == null || !TAKEN.contains(AzureFailures.code(answer))) {
                    throw e;
                }
                Optional<PutOutcome> there = whoseIsThere();
                if (there.isEmpty() && AzureFailures.code(answer).equals("InvalidBlockList")) {
                    throw new RepositoryException.Unavailable(
                            doing() + " failed: the store dropped the blocks before they were committed.",
                            "run it again.",
                            e);
                }
                return there.orElseThrow(() -> e);
            }
        });
    }

    /** Asked once, without retries, as part of an attempt. */
    private Optional<PutOutcome> whoseIsThere() {
        try {
            boolean own = token.equals(blob.getProperties().getMetadata().get(TOKEN));
            return Optional.of(own ? PutOutcome.CREATED : PutOutcome.EXISTS);
        } catch (BlobStorageException e) {
            if (e.getStatusCode() == 404) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private String doing() {
        return container.doing("Writing", key);
    }

    private static byte[] md5(byte[] bytes, int length) {
        try {
            // Not for security: how the store sees that a body arrived whole.
            MessageDigest md5 = MessageDigest.getInstance("MD5");
            md5.update(bytes, 0, length);
            return md5.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has MD5", e);
        }
    }
}
