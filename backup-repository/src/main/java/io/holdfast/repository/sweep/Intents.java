package io.holdfast.repository.sweep;

import io.holdfast.repository.AttemptId;
import io.holdfast.repository.BackupId;
import io.holdfast.repository.PlaceLayout;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.manifest.BackupManifest.AttemptReference;
import io.holdfast.repository.store.ObjectKey;
import io.holdfast.repository.store.ObjectStore;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Who is on his way to a backup, and what he builds on. An attempt says so before it writes anything else, then looks for
 * a tombstone; the sweep writes or reads tombstones first and then reads intents. So one of the two sees the other. Safe for
 * use by several threads.
 */
public record Intents(ObjectStore store, PlaceLayout layout) {
    /** Stands for a parent where there is none; no backup can be called so. */
    private static final String NOTHING = "~";

    private static final byte[] CONTENT =
            "{\"format\":\"holdfast-intent\",\"version\":1}\n".getBytes(StandardCharsets.US_ASCII);

    /**
     * An attempt that may be on its way.
     *
     * @param parent whose packs and maps it may use, if any
     */
    public record Intent(AttemptReference attempt, Optional<BackupId> parent) {}

    /** Says that an attempt begins which uses nothing that is there. */
    public void declare(BackupId backup, AttemptId attempt) throws RepositoryException {
        store.putIfAbsent(layout.intent(backup, attempt, NOTHING), CONTENT);
    }

    /**
     * Says that an attempt begins which uses what a parent refers to.
     *
     * @throws RepositoryException.NotFound if the parent is deleted, so that it must not be used
     */
    public void declare(BackupId backup, AttemptId attempt, BackupId parent) throws RepositoryException {
        store.putIfAbsent(layout.intent(backup, attempt, parent.value()), CONTENT);
        if (new Tombstones(store, layout).has(parent)) {
            throw new RepositoryException.NotFound(
                    "The backup " + parent + " of " + layout.target() + " is being deleted.",
                    "take another one as the parent, or make a full backup.");
        }
    }

    /** All that were said and not yet cleared away. */
    public List<Intent> list() throws RepositoryException {
        List<Intent> found = new ArrayList<>();
        ObjectStore.Listing listing = store.list(layout.intents());
        while (listing.hasNext()) {
            of(listing.next().key()).ifPresent(found::add);
        }
        return found;
    }

    private Optional<Intent> of(ObjectKey key) {
        String[] names = key.value().substring(layout.intents().length()).split("/", -1);
        // Anything else in there was not made by a writer of this format.
        if (names.length != 3 || !ObjectKey.isName(names[0]) || !ObjectKey.isName(names[1])) {
            return Optional.empty();
        }
        AttemptReference attempt = new AttemptReference(new BackupId(names[0]), new AttemptId(names[1]));
        return Optional.of(
                new Intent(attempt, names[2].equals(NOTHING) ? Optional.empty() : Optional.of(new BackupId(names[2]))));
    }

    /** The key under which an intent lies. */
    ObjectKey key(Intent intent) {
        return layout.intent(
                intent.attempt().backup(),
                intent.attempt().attempt(),
                intent.parent().map(BackupId::value).orElse(NOTHING));
    }
}
