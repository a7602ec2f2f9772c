package io.holdfast.repository.store.s3;

import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.store.DeletableStore;
import io.holdfast.repository.store.ObjectKey;
import io.holdfast.repository.store.StoreAccess;
import io.holdfast.repository.store.remote.Waiting;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import software.amazon.awssdk.services.s3.model.DeleteMarkerEntry;
import software.amazon.awssdk.services.s3.model.ListObjectVersionsResponse;
import software.amazon.awssdk.services.s3.model.ObjectVersion;

/**
 * Deletes objects of a bucket; where it keeps versions, all of an object's. A locked version stays, and says so by {@link
 * RepositoryException.Denied}.
 */
public final class S3Deletions implements DeletableStore {
    private static final int PAGE = 1000;

    private final S3Bucket bucket;
    private final S3Versions versions;

    private S3Deletions(S3Bucket bucket) {
        this.bucket = bucket;
        this.versions = new S3Versions(bucket);
    }

    /** The right to delete in a bucket, as far as these credentials have it. */
    public static S3Deletions connect(S3Location location, StoreAccess access) {
        return connect(
                location, access, new S3Bucket.Surroundings(Clock.systemUTC(), Waiting.real(), new SecureRandom()));
    }

    static S3Deletions connect(S3Location location, StoreAccess access, S3Bucket.Surroundings around) {
        return new S3Deletions(S3Bucket.connect(location, access, around));
    }

    @Override
    public boolean delete(ObjectKey key) throws RepositoryException {
        if (versions.count()) {
            List<String> all = versionsOf(key);
            for (String version : all) {
                remove(key, version);
            }
            return !all.isEmpty();
        }
        try {
            bucket.ask(
                    doing(key),
                    () -> bucket.client()
                            .headObject(
                                    request -> request.bucket(bucket.bucket()).key(bucket.name(key))));
        } catch (RepositoryException.NotFound e) {
            return false;
        }
        remove(key, "");
        return true;
    }

    private void remove(ObjectKey key, String version) throws RepositoryException {
        bucket.ask(
                doing(key),
                () -> bucket.client()
                        .deleteObject(request -> request.bucket(bucket.bucket())
                                .key(bucket.name(key))
                                .versionId(version.isEmpty() ? null : version)));
    }

    /** Versions and delete markers, the newest first: while some are left, the oldest is. */
    private List<String> versionsOf(ObjectKey key) throws RepositoryException {
        String name = bucket.name(key);
        List<String> found = new ArrayList<>();
        ListObjectVersionsResponse page = S3Versions.page(bucket, doing(key), name, null, null, PAGE);
        while (true) {
            page.deleteMarkers().stream()
                    .filter(each -> each.key().equals(name))
                    .map(DeleteMarkerEntry::versionId)
                    .forEach(found::add);
            page.versions().stream()
                    .filter(each -> each.key().equals(name))
                    .map(ObjectVersion::versionId)
                    .forEach(found::add);
            if (!Boolean.TRUE.equals(page.isTruncated()) || !name.equals(page.nextKeyMarker())) {
                return found;
            }
            page = S3Versions.page(bucket, doing(key), name, page.nextKeyMarker(), page.nextVersionIdMarker(), PAGE);
        }
    }

    private String doing(ObjectKey key) {
        return bucket.doing("Deleting", key);
    }

    @Override
    public void close() {
        bucket.client().close();
    }
}
