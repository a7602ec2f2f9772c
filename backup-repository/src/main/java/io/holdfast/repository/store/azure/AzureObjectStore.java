package io.holdfast.repository.store.azure;

import com.azure.storage.blob.models.BlobImmutabilityPolicy;
import com.azure.storage.blob.models.BlobProperties;
import com.azure.storage.blob.models.BlobRange;
import com.azure.storage.blob.models.BlobRequestConditions;
import com.azure.storage.blob.models.BlobStorageException;
import com.azure.storage.blob.options.BlobInputStreamOptions;
import com.azure.storage.blob.specialized.BlobInputStream;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.store.ObjectKey;
import io.holdfast.repository.store.ObjectLock;
import io.holdfast.repository.store.ObjectStore;
import io.holdfast.repository.store.ObjectUpload;
import io.holdfast.repository.store.PutOutcome;
import io.holdfast.repository.store.StoreAccess;
import io.holdfast.repository.store.StoredObject;
import io.holdfast.repository.store.remote.PartMemory;
import io.holdfast.repository.store.remote.PartSizes;
import io.holdfast.repository.store.remote.PartedUpload;
import io.holdfast.repository.store.remote.ResumedStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * Objects in a container of Azure Blob Storage. Never deletes. An object is put at once up to {@link
 * AzureLocation#blockBytes}, else in blocks; memory: for each open upload the block it is filling, together {@link
 * AzureLocation#memoryBytes} of blocks on their way, and 4 MiB for each object being read.
 */
public final class AzureObjectStore implements ObjectStore {
    private static final int READ_BLOCK = 4 << 20;
    private static final String PROBE = ".exclusive";

    private final AzureContainer container;
    private final PartSizes sizes;
    private final PartMemory memory;

    private AzureObjectStore(AzureContainer container) {
        this.container = container;
        this.sizes = new PartSizes(container.location().blockBytes());
        this.memory = new PartMemory(container.location().memoryBytes());
    }

    /**
     * The store in a container. Nothing is read or written yet.
     *
     * @throws RepositoryException.Unusable if there are no credentials
     */
    public static AzureObjectStore connect(AzureLocation location, StoreAccess access) throws RepositoryException {
        return connect(location, access, AzureContainer.Surroundings.real());
    }

    static AzureObjectStore connect(AzureLocation location, StoreAccess access, AzureContainer.Surroundings around)
            throws RepositoryException {
        return new AzureObjectStore(AzureContainer.connect(location, access, around));
    }

    @Override
    public PutOutcome putIfAbsent(ObjectKey key, byte[] content) throws RepositoryException {
        try (ObjectUpload upload = upload(key)) {
            upload.write(content, 0, content.length);
            return upload.commit();
        }
    }

    @Override
    public ObjectUpload upload(ObjectKey key) {
        return new PartedUpload(key + " in " + describe(), new AzureCreation(container, key), sizes, memory);
    }

    @Override
    public InputStream open(ObjectKey key) throws RepositoryException {
        return open(key, 0, Long.MAX_VALUE);
    }

    @Override
    public InputStream open(ObjectKey key, long offset, long length) throws RepositoryException {
        if (offset < 0 || length < 0) {
            throw new IllegalArgumentException("Not a range: " + offset + ", " + length);
        }
        if (length == 0) {
            if (head(key).isEmpty()) {
                throw notFound(key);
            }
            return InputStream.nullInputStream();
        }
        return ResumedStream.open(
                container.retries(),
                container.doing("Reading", key),
                (from, to, identity) -> body(key, from, to, identity),
                offset,
                length);
    }

    private ResumedStream.Body body(ObjectKey key, long from, long to, Optional<String> identity)
            throws RepositoryException {
        BlobRange range = to == Long.MAX_VALUE ? new BlobRange(from) : new BlobRange(from, to - from);
        try {
            BlobInputStream answer = container
                    .blob(key)
                    .openInputStream(new BlobInputStreamOptions()
                            .setRange(range)
                            .setBlockSize((int) Math.min(READ_BLOCK, to - from))
                            .setRequestConditions(new BlobRequestConditions().setIfMatch(identity.orElse(null))));
            BlobProperties described = answer.getProperties();
            long length = Math.max(0, Math.min(described.getBlobSize(), to) - from);
            return new ResumedStream.Body(answer, length, String.valueOf(described.getETag()), () -> close(answer));
        } catch (RuntimeException e) {
            BlobStorageException refused = AzureFailures.answer(e);
            int status = refused == null ? 0 : refused.getStatusCode();
            if (status == 416 && identity.isEmpty()) {
                return new ResumedStream.Body(InputStream.nullInputStream(), 0, "", () -> {});
            }
            if (refused != null && status == 404 && AzureFailures.code(refused).equals("BlobNotFound")) {
                throw notFound(key);
            }
            if (status == 412) {
                throw new RepositoryException.Damaged(
                        container.doing("Reading", key) + " failed: another object was put in its place meanwhile.",
                        "find out who did; an immutability policy of the container prevents it.",
                        e);
            }
            throw e;
        }
    }

    private static void close(InputStream answer) {
        try {
            answer.close();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException("closing what is in memory", e);
        }
    }

    private RepositoryException.NotFound notFound(ObjectKey key) {
        return new RepositoryException.NotFound(
                "There is no object " + key + " in " + describe() + ".",
                "check the repository's address, and whether somebody removed it.");
    }

    @Override
    public Optional<StoredObject> head(ObjectKey key) throws RepositoryException {
        try {
            BlobProperties there = container.ask(
                    container.doing("Looking at", key),
                    () -> container.blob(key).getProperties());
            return Optional.of(new StoredObject(key, there.getBlobSize()));
        } catch (RepositoryException.NotFound e) {
            return Optional.empty();
        }
    }

    @Override
    public Listing list(String prefix, Optional<ObjectKey> startAfter) {
        return new AzureListing(container, prefix, startAfter);
    }

    @Override
    public void examine() throws RepositoryException {
        if (container.lock().isPresent()) {
            requireLocks();
        }
        byte[] content = {'\n'};
        AzureCreation.probe(container, PROBE).whole(content, content.length);
        AzureCreation parts = AzureCreation.probe(container, PROBE);
        parts.part(1, content, content.length);
        if (AzureCreation.probe(container, PROBE).whole(content, content.length) == PutOutcome.CREATED
                || parts.complete(1) == PutOutcome.CREATED) {
            throw new RepositoryException.Unusable(
                    "The store " + describe()
                            + " lets an object be created twice: it ignores If-None-Match. Two workers"
                            + " could destroy each other's backups there.",
                    "use Azure Blob Storage, or a server that has conditional writes.");
        }
    }

    private void requireLocks() throws RepositoryException {
        Boolean offered = container.ask(
                "Looking for locks in " + describe(),
                () -> container.client().getProperties().isImmutableStorageWithVersioningEnabled());
        if (!Boolean.TRUE.equals(offered)) {
            throw new RepositoryException.Unusable(
                    "The repository in " + describe()
                            + " is to lock its objects, but the container has no version-level immutability.",
                    "use a container that was made with it, or leave object_lock out.");
        }
    }

    @Override
    public void extendLock(ObjectKey key) throws RepositoryException {
        if (container.lock().isEmpty()) {
            return;
        }
        ObjectLock lock = container.lock().get();
        Instant until = container.clock().instant().plus(lock.length());
        String doing = container.doing("Locking", key);
        BlobImmutabilityPolicy there =
                container.ask(doing, () -> container.blob(key).getProperties()).getImmutabilityPolicy();
        BlobImmutabilityPolicy wanted = AzureContainer.policy(lock.mode(), until);
        boolean enough = there != null
                && there.getExpiryTime() != null
                && !there.getExpiryTime()
                        .isBefore(until.truncatedTo(ChronoUnit.SECONDS).atOffset(ZoneOffset.UTC));
        if (!enough) {
            container.ask(doing, () -> container.blob(key).setImmutabilityPolicy(wanted));
        }
    }

    @Override
    public String describe() {
        return container.location().describe();
    }

    @Override
    public void close() {
        // The JDK's client ends with whoever holds it.
    }
}
