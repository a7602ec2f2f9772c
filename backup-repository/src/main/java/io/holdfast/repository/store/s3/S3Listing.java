package io.holdfast.repository.store.s3;

import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.store.ObjectKey;
import io.holdfast.repository.store.ObjectStore;
import io.holdfast.repository.store.StoredObject;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.ListObjectVersionsResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.ObjectVersion;
import software.amazon.awssdk.services.s3.model.S3Object;

/** Objects of a bucket, page by page. What cannot be a key, such as the folders of some consoles, is left out. */
final class S3Listing implements ObjectStore.Listing {
    private static final int PAGE = 1000;

    private final S3Bucket bucket;
    private final boolean versions;
    private final String prefix;
    private final String startAfter;
    private final String doing;
    private final Deque<StoredObject> found = new ArrayDeque<>();
    private @Nullable StoredObject oldestSoFar;
    private @Nullable String marker;
    private @Nullable String versionMarker;
    private boolean begun;
    private boolean ended;

    /** Lists; where versions count, each object with the length of its oldest. */
    S3Listing(S3Bucket bucket, boolean versions, String prefix, Optional<ObjectKey> startAfter) {
        this.bucket = bucket;
        this.versions = versions;
        this.prefix = bucket.name(prefix);
        this.startAfter = startAfter.map(bucket::name).orElse("");
        this.doing = "Listing " + prefix + " in " + bucket.location().describe();
    }

    @Override
    public boolean hasNext() throws RepositoryException {
        while (found.isEmpty() && !ended) {
            if (versions) {
                takeVersions();
            } else {
                takeObjects();
            }
            begun = true;
        }
        return !found.isEmpty();
    }

    @Override
    public StoredObject next() throws RepositoryException {
        if (!hasNext()) {
            throw new NoSuchElementException("No more objects");
        }
        return found.remove();
    }

    private void takeObjects() throws RepositoryException {
        ListObjectsV2Response page = bucket.ask(doing, () -> {
            ListObjectsV2Response answer = bucket.client()
                    .listObjectsV2(request -> request.bucket(bucket.bucket())
                            .prefix(prefix)
                            .startAfter(begun || startAfter.isEmpty() ? null : startAfter)
                            .continuationToken(marker)
                            .maxKeys(PAGE));
            S3Bucket.present(answer.name());
            return answer;
        });
        for (S3Object each : page.contents()) {
            add(each.key(), each.size());
        }
        marker = page.nextContinuationToken();
        ended = !Boolean.TRUE.equals(page.isTruncated()) || marker == null;
    }

    private void takeVersions() throws RepositoryException {
        String from = begun || startAfter.isEmpty() ? marker : startAfter;
        ListObjectVersionsResponse page = S3Versions.page(bucket, doing, prefix, from, versionMarker, PAGE);
        for (ObjectVersion each : page.versions()) {
            Optional<ObjectKey> key = bucket.key(each.key());
            StoredObject before = oldestSoFar;
            if (before != null && !key.equals(Optional.of(before.key()))) {
                found.add(before);
            }
            oldestSoFar = key.filter(some -> each.key().compareTo(startAfter) > 0)
                    .map(some -> new StoredObject(some, each.size()))
                    .orElse(null);
        }
        marker = page.nextKeyMarker();
        versionMarker = page.nextVersionIdMarker();
        ended = !Boolean.TRUE.equals(page.isTruncated()) || marker == null;
        StoredObject last = oldestSoFar;
        if (ended && last != null) {
            found.add(last);
        }
    }

    private void add(String name, long length) {
        if (name.compareTo(startAfter) > 0) {
            bucket.key(name).ifPresent(key -> found.add(new StoredObject(key, length)));
        }
    }
}
