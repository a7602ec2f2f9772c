package io.holdfast.backup.gap;

import io.holdfast.repository.store.ObjectKey;
import io.holdfast.repository.store.StoredObject;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Remembers the lengths of the newest objects of the log, some 200 bytes of memory for each. What is stored never changes, so
 * another length than at the look before means that somebody else was at it. For one thread.
 */
final class SeenObjects {
    private final int most;
    private Map<ObjectKey, Long> before = Map.of();
    private final Map<ObjectKey, Long> now = new LinkedHashMap<>();

    SeenObjects(int most) {
        this.most = most;
    }

    /** Begins a look; what the last one saw is compared with. */
    void begin() {
        before = Map.copyOf(now);
        now.clear();
    }

    /** One object of the look, which come in the order of a listing: old ones first. */
    void see(StoredObject object) {
        now.put(object.key(), object.length());
        if (now.size() > most) {
            Iterator<ObjectKey> oldest = now.keySet().iterator();
            oldest.next();
            oldest.remove();
        }
    }

    /** Those whose length is another one than at the look before. */
    List<StoredObject> changed() {
        return select((key, length) -> {
            Long known = before.get(key);
            return known != null && !known.equals(length);
        });
    }

    /** Those that the look before did not see, the newest first. */
    List<StoredObject> fresh() {
        return select((key, length) -> !before.containsKey(key)).reversed();
    }

    @FunctionalInterface
    private interface Choice {
        boolean takes(ObjectKey key, Long length);
    }

    private List<StoredObject> select(Choice choice) {
        List<StoredObject> chosen = new ArrayList<>();
        now.forEach((key, length) -> {
            if (choice.takes(key, length)) {
                chosen.add(new StoredObject(key, length));
            }
        });
        return chosen;
    }
}
