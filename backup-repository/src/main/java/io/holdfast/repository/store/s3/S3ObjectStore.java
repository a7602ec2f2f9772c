package io.holdfast.repository.store.s3;

import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.store.ObjectKey;
import io.holdfast.repository.store.ObjectStore;
import io.holdfast.repository.store.ObjectUpload;
import io.holdfast.repository.store.PutOutcome;
import io.holdfast.repository.store.StoreAccess;
import io.holdfast.repository.store.StoredObject;
import io.holdfast.repository.store.remote.PartMemory;
import io.holdfast.repository.store.remote.PartSizes;
import io.holdfast.repository.store.remote.PartedUpload;
import io.holdfast.repository.store.remote.ResumedStream;
import io.holdfast.repository.store.remote.Waiting;
import java.io.InputStream;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.services.s3.model.ChecksumMode;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * Objects in a bucket: Amazon S3, or another server that speaks its protocol and creates exclusively. Never deletes. An
 * object is put at once up to {@link S3Location#partBytes}, else in parts; memory: for each open upload the part it is
 * filling, and together {@link S3Location#memoryBytes} of parts on their way.
 */
public final class S3ObjectStore implements ObjectStore {
    private final S3Bucket bucket;
    private final S3Versions versions;
    private final PartSizes sizes;
    private final PartMemory memory;
    private volatile boolean seen;

    private S3ObjectStore(S3Bucket bucket) {
        this.bucket = bucket;
        this.versions = new S3Versions(bucket);
        this.sizes = new PartSizes(bucket.location().partBytes());
        this.memory = new PartMemory(bucket.location().memoryBytes());
    }

    /** The store in a bucket. Nothing is read or written yet. */
    public static S3ObjectStore connect(S3Location location, StoreAccess access) {
        return connect(
                location, access, new S3Bucket.Surroundings(Clock.systemUTC(), Waiting.real(), new SecureRandom()));
    }

    static S3ObjectStore connect(S3Location location, StoreAccess access, S3Bucket.Surroundings around) {
        return new S3ObjectStore(S3Bucket.connect(location, access, around));
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
        return new PartedUpload(key + " in " + describe(), new S3Creation(bucket, versions, key), sizes, memory);
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
                throw notFound(bucket, key);
            }
            return InputStream.nullInputStream();
        }
        String version = null;
        if (versions.count()) {
            version = versions.oldest(key)
                    .orElseThrow(() -> notFound(bucket, key))
                    .id();
        }
        String counting = version;
        return ResumedStream.open(
                bucket.retries(),
                bucket.doing("Reading", key),
                (from, to, identity) -> body(key, counting, from, to, identity),
                offset,
                length);
    }

    private ResumedStream.Body body(
            ObjectKey key, @Nullable String version, long from, long to, Optional<String> identity)
            throws RepositoryException {
        GetObjectRequest.Builder request = GetObjectRequest.builder()
                .bucket(bucket.bucket())
                .key(bucket.name(key))
                .versionId(version)
                .ifMatch(identity.orElse(null));
        if (!bucket.location().checksumsWhenRequired()) {
            request.checksumMode(ChecksumMode.ENABLED);
        }
        if (from > 0 || to < Long.MAX_VALUE) {
            request.range("bytes=" + from + "-" + (to == Long.MAX_VALUE ? "" : String.valueOf(to - 1)));
        }
        try {
            ResponseInputStream<GetObjectResponse> answer = bucket.client().getObject(request.build());
            GetObjectResponse described = answer.response();
            return new ResumedStream.Body(
                    answer, described.contentLength(), String.valueOf(described.eTag()), answer::abort);
        } catch (NoSuchKeyException e) {
            throw notFound(bucket, key);
        } catch (S3Exception e) {
            if (e.statusCode() == 416 && identity.isEmpty()) {
                return new ResumedStream.Body(InputStream.nullInputStream(), 0, "", () -> {});
            }
            if (e.statusCode() == 412) {
                throw new RepositoryException.Damaged(
                        bucket.doing("Reading", key) + " failed: another object was put in its place meanwhile.",
                        "find out who did; a bucket that keeps versions, or has Object Lock, prevents it.",
                        e);
            }
            throw e;
        }
    }

    static RepositoryException.NotFound notFound(S3Bucket bucket, ObjectKey key) {
        return new RepositoryException.NotFound(
                "There is no object " + key + " in " + bucket.location().describe() + ".",
                "check the repository's address, and whether somebody removed it.");
    }

    @Override
    public Optional<StoredObject> head(ObjectKey key) throws RepositoryException {
        if (versions.count()) {
            return versions.oldest(key).map(S3Versions.Version::object);
        }
        try {
            HeadObjectResponse there = bucket.ask(
                    bucket.doing("Looking at", key),
                    () -> bucket.client()
                            .headObject(
                                    request -> request.bucket(bucket.bucket()).key(bucket.name(key))));
            seen = true;
            return Optional.of(new StoredObject(key, there.contentLength()));
        } catch (RepositoryException.NotFound e) {
            requireBucket();
            return Optional.empty();
        }
    }

    /** Answers about one object do not tell a missing object from a missing bucket. */
    private void requireBucket() throws RepositoryException {
        if (seen) {
            return;
        }
        try {
            bucket.ask(
                    "Looking for " + describe(),
                    () -> bucket.client().headBucket(request -> request.bucket(bucket.bucket())));
            seen = true;
        } catch (RepositoryException.NotFound e) {
            throw new RepositoryException.Unusable(
                    "There is no bucket " + bucket.bucket() + " for " + describe() + ".",
                    "make it first, or correct its name or endpoint.",
                    e);
        }
    }

    @Override
    public Listing list(String prefix, Optional<ObjectKey> startAfter) throws RepositoryException {
        return new S3Listing(bucket, versions.count(), prefix, startAfter);
    }

    @Override
    public void examine() throws RepositoryException {
        new S3Examination(bucket, versions).run();
    }

    @Override
    public void extendLock(ObjectKey key) throws RepositoryException {
        if (bucket.lock().isPresent()) {
            new S3Retention(bucket, versions).extend(key, bucket.lock().get());
        }
    }

    @Override
    public Optional<Instant> lockedUntil(ObjectKey key) throws RepositoryException {
        return bucket.lock().isEmpty() ? Optional.empty() : new S3Retention(bucket, versions).lockedUntil(key);
    }

    @Override
    public String describe() {
        return bucket.location().describe();
    }

    @Override
    public void close() {
        bucket.client().close();
    }
}
