package io.holdfast.repository.store.s3;

import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.store.ObjectKey;
import io.holdfast.repository.store.StoredObject;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.s3.model.ListObjectVersionsResponse;
import software.amazon.awssdk.services.s3.model.ObjectVersion;

/**
 * Which version of an object counts in a bucket that keeps versions: the oldest, for objects never change. What somebody
 * puts over an object later, or a delete marker, then changes nothing. Thread safe.
 */
final class S3Versions {
    private static final Logger LOG = LoggerFactory.getLogger(S3Versions.class);
    private static final int MOST_REMEMBERED = 10_000;
    private static final int PAGE = 100;

    /** The identifier of an object that was put where no versions were kept. */
    private static final String UNVERSIONED = "null";

    private final S3Bucket bucket;
    private final Map<ObjectKey, Version> remembered = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<ObjectKey, Version> eldest) {
            return size() > MOST_REMEMBERED;
        }
    };
    private volatile @Nullable Boolean count;

    S3Versions(S3Bucket bucket) {
        this.bucket = bucket;
        this.count = bucket.lock().isPresent()
                ? Boolean.TRUE
                : bucket.location().readsOldest().orElse(null);
    }

    /** A version of an object. */
    record Version(String id, StoredObject object) {}

    /** Whether the oldest version is looked for; asks the bucket the first time. */
    boolean count() throws RepositoryException {
        Boolean known = count;
        if (known == null) {
            known = askBucket();
            count = known;
        }
        return known;
    }

    private boolean askBucket() throws RepositoryException {
        try {
            String doing = "Looking for versions in " + bucket.location().describe();
            String status = bucket.ask(
                            doing,
                            () -> bucket.client().getBucketVersioning(request -> request.bucket(bucket.bucket())))
                    .statusAsString();
            // No status is also what is left of an answer that was cut: what lies there has to agree.
            return status != null
                    || page(bucket, doing, bucket.name(""), null, null, 1).versions().stream()
                            .anyMatch(each -> each.versionId() != null
                                    && !each.versionId().equals(UNVERSIONED));
        } catch (RepositoryException.Denied e) {
            LOG.warn(
                    "Whether {} keeps versions may not be asked, so the newest version of each object is read. HINT: allow"
                            + " s3:GetBucketVersioning, or write versions=oldest or versions=newest.",
                    bucket.location().describe());
            return false;
        } catch (RepositoryException.Unusable e) {
            if (e.getCause() instanceof software.amazon.awssdk.services.s3.model.S3Exception answered
                    && answered.statusCode() == 501) {
                return false; // a store without versions
            }
            throw e;
        }
    }

    /** The version that counts. */
    Optional<Version> oldest(ObjectKey key) throws RepositoryException {
        synchronized (remembered) {
            Version known = remembered.get(key);
            if (known != null) {
                return Optional.of(known);
            }
        }
        Optional<Version> found = find(key);
        found.ifPresent(version -> {
            synchronized (remembered) {
                remembered.put(key, version);
            }
        });
        return found;
    }

    /** As {@link #oldest} says, where versions count, else empty: what a request for an object is to name. */
    Optional<String> idOf(ObjectKey key) throws RepositoryException {
        return count() ? oldest(key).map(Version::id) : Optional.empty();
    }

    private Optional<Version> find(ObjectKey key) throws RepositoryException {
        String name = bucket.name(key);
        Version oldest = null;
        String keyMarker = null;
        String versionMarker = null;
        while (true) {
            ListObjectVersionsResponse page =
                    page(bucket, bucket.doing("Looking at", key), name, keyMarker, versionMarker, PAGE);
            boolean further = Boolean.TRUE.equals(page.isTruncated());
            for (ObjectVersion each : page.versions()) {
                if (!each.key().equals(name)) {
                    further = false;
                    break;
                }
                // Of one key the newest comes first.
                oldest = new Version(each.versionId(), new StoredObject(key, each.size()));
            }
            if (!further || !name.equals(page.nextKeyMarker())) {
                return Optional.ofNullable(oldest);
            }
            keyMarker = page.nextKeyMarker();
            versionMarker = page.nextVersionIdMarker();
        }
    }

    /** One page of the versions of everything that begins with a name. */
    static ListObjectVersionsResponse page(
            S3Bucket bucket,
            String doing,
            String prefix,
            @Nullable String keyMarker,
            @Nullable String versionMarker,
            int most)
            throws RepositoryException {
        return bucket.ask(doing, () -> {
            ListObjectVersionsResponse answer = bucket.client()
                    .listObjectVersions(request -> request.bucket(bucket.bucket())
                            .prefix(prefix)
                            .keyMarker(keyMarker)
                            .versionIdMarker(versionMarker)
                            .maxKeys(most));
            S3Bucket.present(answer.name());
            return answer;
        });
    }
}
