package io.holdfast.repository.store;

import io.holdfast.repository.RepositoryException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Names that stand next behind a prefix, as if the store had folders. */
public final class StoredNames {
    private StoredNames() {}

    /**
     * The names below a prefix that have something stored below them, in the order of their bytes. Found by jumping over
     * all keys that begin with the one before, so one request for each name.
     *
     * @param prefix ends with {@code /}, or is empty
     */
    public static List<String> below(ObjectStore store, String prefix) throws RepositoryException {
        List<String> names = new ArrayList<>();
        Optional<ObjectKey> startAfter = Optional.empty();
        while (true) {
            ObjectStore.Listing listing = store.list(prefix, startAfter);
            if (!listing.hasNext()) {
                return names;
            }
            ObjectKey found = listing.next().key();
            int end = found.value().indexOf('/', prefix.length());
            if (end < 0) {
                startAfter = Optional.of(found);
            } else {
                String name = found.value().substring(prefix.length(), end);
                if (ObjectKey.isName(name)) {
                    names.add(name);
                }
                // '~' comes behind every character that names have.
                startAfter = Optional.of(new ObjectKey(prefix + name + "/~"));
            }
        }
    }
}
