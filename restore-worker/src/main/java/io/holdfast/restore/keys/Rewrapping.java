package io.holdfast.restore.keys;

import io.holdfast.events.definition.RepositoryDefined;
import io.holdfast.repository.Place;
import io.holdfast.repository.Repository;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.TargetName;
import io.holdfast.repository.key.StoredKeys;
import io.holdfast.repository.seal.KeyId;
import io.holdfast.repository.store.DeletableStore;
import io.holdfast.runtime.repository.DefinedRepositories;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Wraps the keys of a repository for the recipients that are defined now. Backups are neither read nor written. */
final class Rewrapping {
    private final DefinedRepositories repositories;

    Rewrapping(DefinedRepositories repositories) {
        this.repositories = repositories;
    }

    /**
     * What was done.
     *
     * @param keys that something in the repository is sealed with
     * @param added wrapped forms that are new
     * @param closed keys that nothing here opens, so that they could not be wrapped again
     * @param removed wrapped forms that are gone
     * @param kept keys of which the form that was to be removed stays, since nothing here opens another one
     */
    record Done(String repository, int keys, int added, List<String> closed, int removed, List<String> kept) {}

    /**
     * Wraps what is not wrapped yet; then removes what is wrapped for a recipient, if one is named.
     *
     * @param remove its identifier, as in the names of wrapped keys
     */
    Done run(RepositoryDefined defined, Optional<String> remove) throws RepositoryException {
        int keys = 0;
        int added = 0;
        int removed = 0;
        List<KeyId> closed = new ArrayList<>();
        List<KeyId> kept = new ArrayList<>();
        try (Repository repository = repositories.openToRewrap(defined)) {
            for (TargetName target : repository.targets()) {
                for (Place place : repository.places(target)) {
                    StoredKeys.Rewrapped done = repository.rewrapKeys(target, place);
                    keys += done.keys();
                    added += done.added();
                    closed.addAll(done.closed());
                    if (remove.isPresent()) {
                        try (DeletableStore deletable = repositories.connectToDelete(defined)) {
                            StoredKeys.Removed gone =
                                    repository.removeRecipient(target, place, remove.get(), deletable);
                            removed += gone.removed();
                            kept.addAll(gone.kept());
                        }
                    }
                }
            }
        }
        return new Done(defined.repository().value(), keys, added, names(closed), removed, names(kept));
    }

    private static List<String> names(List<KeyId> keys) {
        return keys.stream().map(KeyId::hex).toList();
    }
}
