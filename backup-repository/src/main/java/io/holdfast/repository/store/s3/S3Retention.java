package io.holdfast.repository.store.s3;

import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.store.ObjectKey;
import io.holdfast.repository.store.ObjectLock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ObjectLockMode;

/** Prolongs the locks of objects that are there: <a
 * href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html">Object Lock</a>. Thread safe. */
record S3Retention(S3Bucket bucket, S3Versions versions) {
    static ObjectLockMode mode(ObjectLock.Mode mode) {
        return switch (mode) {
            case GOVERNANCE -> ObjectLockMode.GOVERNANCE;
            case COMPLIANCE -> ObjectLockMode.COMPLIANCE;
        };
    }

    /** Locks an object for as long as one created now would be, unless it is locked for longer. */
    void extend(ObjectKey key, ObjectLock lock) throws RepositoryException {
        require(key, lock, bucket.clock().instant().plus(lock.length()));
    }

    /** Until when nobody may delete an object; empty if there is none, or it is not locked. */
    Optional<Instant> lockedUntil(ObjectKey key) throws RepositoryException {
        Optional<String> version = versions.oldest(key).map(S3Versions.Version::id);
        if (version.isEmpty()) {
            return Optional.empty();
        }
        HeadObjectResponse there = bucket.ask(
                bucket.doing("Looking for the lock of", key),
                () -> bucket.client()
                        .headObject(request -> request.bucket(bucket.bucket())
                                .key(bucket.name(key))
                                .versionId(version.get())));
        return Optional.ofNullable(there.objectLockRetainUntilDate());
    }

    /** Locks an object until a moment, unless it is. */
    void require(ObjectKey key, ObjectLock lock, Instant until) throws RepositoryException {
        String version = versions.oldest(key)
                .orElseThrow(() -> S3ObjectStore.notFound(bucket, key))
                .id();
        String doing = bucket.doing("Locking", key);
        HeadObjectResponse there = bucket.ask(
                doing,
                () -> bucket.client()
                        .headObject(request -> request.bucket(bucket.bucket())
                                .key(bucket.name(key))
                                .versionId(version)));
        boolean strict = there.objectLockMode() == ObjectLockMode.COMPLIANCE;
        Instant lockedUntil = there.objectLockRetainUntilDate();
        if (lockedUntil != null
                && !lockedUntil.isBefore(until.truncatedTo(ChronoUnit.SECONDS))
                && (strict || lock.mode() == ObjectLock.Mode.GOVERNANCE)) {
            return;
        }
        ObjectLockMode mode = strict ? ObjectLockMode.COMPLIANCE : mode(lock.mode());
        Instant later = lockedUntil != null && lockedUntil.isAfter(until) ? lockedUntil : until;
        bucket.ask(
                doing,
                () -> bucket.client()
                        .putObjectRetention(request -> request.bucket(bucket.bucket())
                                .key(bucket.name(key))
                                .versionId(version)
                                .retention(retention ->
                                        retention.mode(mode.toString()).retainUntilDate(later))));
    }
}
