package io.holdfast.repository.store.azure;

import com.azure.core.util.Context;
import com.azure.storage.blob.models.DeleteSnapshotsOptionType;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.store.DeletableStore;
import io.holdfast.repository.store.ObjectKey;
import io.holdfast.repository.store.StoreAccess;

/** Deletes objects of a container. A locked one stays, and says so by {@link RepositoryException.Denied}. */
public final class AzureDeletions implements DeletableStore {
    private final AzureContainer container;

    private AzureDeletions(AzureContainer container) {
        this.container = container;
    }

    /**
     * The right to delete in a container, as far as these credentials have it.
     *
     * @throws RepositoryException.Unusable if there are no credentials
     */
    public static AzureDeletions connect(AzureLocation location, StoreAccess access) throws RepositoryException {
        return new AzureDeletions(AzureContainer.connect(location, access, AzureContainer.Surroundings.real()));
    }

    @Override
    public boolean delete(ObjectKey key) throws RepositoryException {
        return container.ask(
                container.doing("Deleting", key),
                () -> container
                        .blob(key)
                        .deleteIfExistsWithResponse(DeleteSnapshotsOptionType.INCLUDE, null, null, Context.NONE)
                        .getValue());
    }

    @Override
    public void close() {
        // The JDK's client ends with whoever holds it.
    }
}
