package io.holdfast.repository.store.s3;

import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.store.remote.Retries;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.ObjectLockEnabled;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * Finds out whether a store keeps the promises of {@link io.holdfast.repository.store.ObjectStore}, by creating a small
 * object twice. The object stays, for nobody here may delete.
 */
record S3Examination(S3Bucket bucket, S3Versions versions) {
    /** No key: segments of keys do not begin with a dot. */
    private static final String PROBE = ".exclusive";

    private static final byte[] CONTENT = {'\n'};

    void run() throws RepositoryException {
        if (bucket.lock().isPresent()) {
            requireLock();
        }
        // Where versions count, the oldest decides whatever the store does.
        if (!versions.count()) {
            requireExclusive();
        }
    }

    private void requireLock() throws RepositoryException {
        boolean offered;
        try {
            offered = ask(
                                    "Looking for Object Lock in",
                                    () -> S3Bucket.present(bucket.client()
                                            .getObjectLockConfiguration(request -> request.bucket(bucket.bucket()))
                                            .objectLockConfiguration()))
                            .objectLockEnabled()
                    == ObjectLockEnabled.ENABLED;
        } catch (RepositoryException.NotFound e) {
            offered = false;
        } catch (RepositoryException.Denied e) {
            return; // may not be asked; an object that cannot be locked is refused when it is written
        }
        if (!offered) {
            throw new RepositoryException.Unusable(
                    "The repository in " + bucket.location().describe()
                            + " is to lock its objects, but the bucket has no Object Lock.",
                    "use a bucket that was made with Object Lock, or leave object_lock out.");
        }
    }

    private void requireExclusive() throws RepositoryException {
        boolean good;
        try {
            boolean created = createsWhole();
            good = !(created && createsWhole()) && !createsOfParts();
        } catch (RepositoryException.Unusable e) {
            if (e.getCause() instanceof S3Exception answered && answered.statusCode() == 501) {
                throw refused(e);
            }
            throw e;
        }
        if (!good) {
            throw refused(null);
        }
    }

    private RepositoryException.Unusable refused(RepositoryException.@Nullable Unusable cause) {
        String what = "The store " + bucket.location().describe()
                + " lets an object be created twice: it ignores If-None-Match. Two workers could destroy each other's backups"
                + " there.";
        String hint =
                "use a store that has conditional writes (Amazon S3, MinIO, Cloudflare R2, newer Ceph), or switch on"
                        + " the bucket's versions.";
        return cause == null
                ? new RepositoryException.Unusable(what, hint)
                : new RepositoryException.Unusable(what, hint, cause);
    }

    /** Whether the probe was created, as it was not there or the store does not mind. */
    private boolean createsWhole() throws RepositoryException {
        return ask("Trying exclusive creation in", () -> {
            try {
                bucket.client()
                        .putObject(
                                S3Creation.put(bucket, bucket.name(PROBE), bucket.token(), CONTENT, CONTENT.length),
                                S3Creation.body(CONTENT, CONTENT.length));
                return true;
            } catch (S3Exception e) {
                if (e.statusCode() == 412) {
                    return false;
                }
                throw e;
            }
        });
    }

    private boolean createsOfParts() throws RepositoryException {
        String name = bucket.name(PROBE);
        String doing = "Trying exclusive creation in";
        String upload = ask(
                doing,
                () -> bucket.client()
                        .createMultipartUpload(S3Creation.begin(bucket, name, bucket.token()))
                        .uploadId());
        CompletedPart part = ask(doing, () -> {
            var stored = bucket.client()
                    .uploadPart(
                            request -> request.bucket(bucket.bucket())
                                    .key(name)
                                    .uploadId(upload)
                                    .partNumber(1),
                            S3Creation.body(CONTENT, CONTENT.length));
            return CompletedPart.builder()
                    .partNumber(1)
                    .eTag(stored.eTag())
                    .checksumCRC32(stored.checksumCRC32())
                    .build();
        });
        boolean created = ask(doing, () -> {
            try {
                bucket.client()
                        .completeMultipartUpload(request -> request.bucket(bucket.bucket())
                                .key(name)
                                .uploadId(upload)
                                .ifNoneMatch("*")
                                .multipartUpload(all -> all.parts(part)));
                return true;
            } catch (S3Exception e) {
                if (e.statusCode() == 412) {
                    return false;
                }
                throw e;
            }
        });
        if (!created) {
            abort(name, upload);
        }
        return created;
    }

    private void abort(String name, String upload) throws RepositoryException {
        try {
            ask(
                    "Dropping a trial upload in",
                    () -> bucket.client()
                            .abortMultipartUpload(request ->
                                    request.bucket(bucket.bucket()).key(name).uploadId(upload)));
        } catch (RepositoryException.NotFound e) {
            return; // some stores drop it together with the refusal
        }
    }

    private <T> T ask(String doing, Retries.Request<T> request) throws RepositoryException {
        return bucket.ask(doing + " " + bucket.location().describe(), request);
    }
}
