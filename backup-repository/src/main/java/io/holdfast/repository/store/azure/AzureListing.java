package io.holdfast.repository.store.azure;

import com.azure.core.http.rest.PagedResponse;
import com.azure.storage.blob.models.BlobItem;
import com.azure.storage.blob.models.ListBlobsOptions;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.store.ObjectKey;
import io.holdfast.repository.store.ObjectStore;
import io.holdfast.repository.store.StoredObject;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Blobs of a container, page by page. What cannot be a key is left out. */
final class AzureListing implements ObjectStore.Listing {
    private static final int PAGE = 1000;

    private final AzureContainer container;
    private final String startAfter;
    private final String doing;
    private final ListBlobsOptions options;
    private final Deque<StoredObject> found = new ArrayDeque<>();
    private @Nullable String marker;
    private boolean ended;

    AzureListing(AzureContainer container, String prefix, Optional<ObjectKey> startAfter) {
        this.container = container;
        this.startAfter = startAfter.map(key -> container.name(key.value())).orElse("");
        this.doing = "Listing " + prefix + " in " + container.location().describe();
        this.options = new ListBlobsOptions().setPrefix(container.name(prefix)).setMaxResultsPerPage(PAGE);
        if (startAfter.isPresent()) {
            // Older servers do not know it and begin at the first, so what comes before is left out here as well.
            options.setStartFrom(this.startAfter);
        }
    }

    @Override
    public boolean hasNext() throws RepositoryException {
        while (found.isEmpty() && !ended) {
            take(container.ask(doing, this::page));
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

    private PagedResponse<BlobItem> page() {
        Iterator<PagedResponse<BlobItem>> pages = container
                .client()
                .listBlobs(options, marker, null)
                .iterableByPage(PAGE)
                .iterator();
        return pages.next();
    }

    private void take(PagedResponse<BlobItem> page) {
        for (BlobItem each : page.getValue()) {
            if (each.getName().compareTo(startAfter) > 0) {
                long length = each.getProperties().getContentLength();
                container.key(each.getName()).ifPresent(key -> found.add(new StoredObject(key, length)));
            }
        }
        marker = page.getContinuationToken();
        ended = marker == null || marker.isEmpty();
    }
}
