package io.holdfast.repository.store.s3;

import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.store.ObjectKey;
import io.holdfast.repository.store.PutOutcome;
import io.holdfast.repository.store.remote.PartedUpload;
import java.io.ByteArrayInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.ObjectLockMode;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * Creates one object, if absent: <a
 * href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html">conditional writes</a>. The object
 * carries a random token in its metadata, so that a creation whose answer was lost is known again when the repeated request
 * is told that the object exists.
 */
final class S3Creation implements PartedUpload.Destination {
    static final String TOKEN = "holdfast-put";
    private static final String ABSENT = "*";

    private final S3Bucket bucket;
    private final S3Versions versions;
    private final ObjectKey key;
    private final String name;
    private final String token;
    private final List<@Nullable CompletedPart> parts = new ArrayList<>();
    private String uploadId = "";
    private Optional<Instant> lockedUntil = Optional.empty();

    S3Creation(S3Bucket bucket, S3Versions versions, ObjectKey key) {
        this.bucket = bucket;
        this.versions = versions;
        this.key = key;
        this.name = bucket.name(key);
        this.token = bucket.token();
    }

    /** A request that creates the object; returns the new version's identifier, if the bucket has versions. */
    @FunctionalInterface
    private interface Create {
        @Nullable
        String make();
    }

    @Override
    public PutOutcome whole(byte[] bytes, int length) throws RepositoryException {
        PutObjectRequest request = put(bucket, name, token, bytes, length);
        return create(
                () -> bucket.client().putObject(request, body(bytes, length)).versionId());
    }

    static PutObjectRequest put(S3Bucket bucket, String name, String token, byte[] bytes, int length) {
        PutObjectRequest.Builder request = PutObjectRequest.builder()
                .bucket(bucket.bucket())
                .key(name)
                .ifNoneMatch(ABSENT)
                .metadata(Map.of(TOKEN, token))
                .storageClass(bucket.location().storageClass().orElse(null))
                .serverSideEncryption(bucket.location().sse().orElse(null))
                .ssekmsKeyId(bucket.location().kmsKey().orElse(null));
        bucket.lockedUntil()
                .ifPresent(until -> request.objectLockMode(mode(bucket)).objectLockRetainUntilDate(until));
        if (bucket.location().checksumsWhenRequired()) {
            request.contentMD5(md5(bytes, length));
        }
        return request.build();
    }

    static CreateMultipartUploadRequest begin(S3Bucket bucket, String name, String token) {
        CreateMultipartUploadRequest.Builder request = CreateMultipartUploadRequest.builder()
                .bucket(bucket.bucket())
                .key(name)
                .metadata(Map.of(TOKEN, token))
                .storageClass(bucket.location().storageClass().orElse(null))
                .serverSideEncryption(bucket.location().sse().orElse(null))
                .ssekmsKeyId(bucket.location().kmsKey().orElse(null));
        bucket.lockedUntil()
                .ifPresent(until -> request.objectLockMode(mode(bucket)).objectLockRetainUntilDate(until));
        return request.build();
    }

    private static @Nullable ObjectLockMode mode(S3Bucket bucket) {
        return bucket.lock().map(lock -> S3Retention.mode(lock.mode())).orElse(null);
    }

    @Override
    public void begin() throws RepositoryException {
        lockedUntil = bucket.lockedUntil();
        CreateMultipartUploadRequest request = begin(bucket, name, token);
        uploadId = bucket.ask(
                doing(),
                () -> S3Bucket.present(
                        bucket.client().createMultipartUpload(request).uploadId()));
    }

    @Override
    public void part(int number, byte[] bytes, int length) throws RepositoryException {
        String md5 = bucket.location().checksumsWhenRequired() ? md5(bytes, length) : null;
        CompletedPart part = bucket.ask(doing(), () -> {
            var stored = bucket.client()
                    .uploadPart(
                            request -> request.bucket(bucket.bucket())
                                    .key(name)
                                    .uploadId(uploadId)
                                    .partNumber(number)
                                    .contentMD5(md5),
                            body(bytes, length));
            return CompletedPart.builder()
                    .partNumber(number)
                    .eTag(stored.eTag())
                    .checksumCRC32(stored.checksumCRC32())
                    .checksumCRC64NVME(stored.checksumCRC64NVME())
                    .build();
        });
        synchronized (parts) {
            while (parts.size() < number) {
                parts.add(null);
            }
            parts.set(number - 1, part);
        }
    }

    @Override
    public PutOutcome complete(int count) throws RepositoryException {
        List<CompletedPart> all;
        synchronized (parts) {
            all = parts.stream().filter(part -> part != null).toList();
        }
        if (all.size() != count) {
            throw new IllegalStateException(all.size() + " of " + count + " parts of " + key + " are stored");
        }
        PutOutcome outcome = create(() -> {
            var completed = bucket.client()
                    .completeMultipartUpload(request -> request.bucket(bucket.bucket())
                            .key(name)
                            .uploadId(uploadId)
                            .ifNoneMatch(ABSENT)
                            .multipartUpload(upload -> upload.parts(all)));
            S3Bucket.present(completed.eTag());
            return completed.versionId();
        });
        if (outcome == PutOutcome.CREATED && lockedUntil.isPresent()) {
            // Some servers, such as Ceph 16, take the lock of an upload in parts and forget it.
            new S3Retention(bucket, versions).require(key, bucket.lock().orElseThrow(), lockedUntil.get());
        }
        return outcome;
    }

    @Override
    public void abort() throws RepositoryException {
        try {
            bucket.ask(
                    "Dropping the upload of " + key + " in " + bucket.location().describe(),
                    () -> bucket.client()
                            .abortMultipartUpload(request ->
                                    request.bucket(bucket.bucket()).key(name).uploadId(uploadId)));
        } catch (RepositoryException.NotFound e) {
            // Dropped already, or completed by a request whose answer was lost.
            return;
        }
    }

    private PutOutcome create(Create request) throws RepositoryException {
        return bucket.ask(doing(), () -> {
            String version;
            try {
                version = request.make();
            } catch (S3Exception e) {
                boolean gone = S3Failures.code(e).equals("NoSuchUpload");
                if (e.statusCode() != 412 && !gone) {
                    throw e;
                }
                Optional<PutOutcome> there = whoseIsThere();
                if (there.isEmpty() && gone) {
                    throw new RepositoryException.Unavailable(
                            doing() + " failed: the store dropped the upload before it was complete.",
                            "run it again; a rule of the bucket that drops unfinished uploads should wait some days.",
                            e);
                }
                return there.orElseThrow(() -> e);
            }
            if (version != null && versions.count()) {
                // An older version under a delete marker does not keep a store from creating another.
                boolean first = versions.oldest(key)
                        .map(oldest -> oldest.id().equals(version))
                        .orElse(true);
                return first ? PutOutcome.CREATED : PutOutcome.EXISTS;
            }
            return PutOutcome.CREATED;
        });
    }

    /** Asked once, without retries, as part of an attempt. */
    private Optional<PutOutcome> whoseIsThere() throws RepositoryException {
        try {
            String version = versions.idOf(key).orElse(null);
            HeadObjectResponse there = bucket.client()
                    .headObject(
                            request -> request.bucket(bucket.bucket()).key(name).versionId(version));
            boolean own = token.equals(there.metadata().get(TOKEN));
            return Optional.of(own ? PutOutcome.CREATED : PutOutcome.EXISTS);
        } catch (NoSuchKeyException e) {
            return Optional.empty();
        }
    }

    private String doing() {
        return bucket.doing("Writing", key);
    }

    static RequestBody body(byte[] bytes, int length) {
        return RequestBody.fromContentProvider(
                () -> new ByteArrayInputStream(bytes, 0, length), length, "application/octet-stream");
    }

    private static String md5(byte[] bytes, int length) {
        try {
            // Not for security: older stores accept no other proof that a body arrived whole.
            MessageDigest md5 = MessageDigest.getInstance("MD5");
            md5.update(bytes, 0, length);
            return Base64.getEncoder().encodeToString(md5.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has MD5", e);
        }
    }
}
