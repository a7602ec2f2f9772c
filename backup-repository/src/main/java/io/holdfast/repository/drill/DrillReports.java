package io.holdfast.repository.drill;

import io.holdfast.repository.BackupId;
import io.holdfast.repository.PlaceLayout;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.store.ObjectKey;
import io.holdfast.repository.store.ObjectStore;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * The reports of the drills of one place, written once. They are not encrypted, whatever the repository is: who writes them
 * leaves out what must not be read. Nothing rests on them: a restore does not look at them. Got from {@code
 * Repository.drillReports}. Safe for use by several threads.
 */
public final class DrillReports {
    /** The longest report that is written or read, in bytes. */
    public static final int LONGEST = 8 << 20;

    private static final String JSON = ".json";
    private static final String HTML = ".html";

    private final ObjectStore store;
    private final PlaceLayout layout;

    public DrillReports(ObjectStore store, PlaceLayout layout) {
        this.store = store;
        this.layout = layout;
    }

    /**
     * Stores a drill's report unless it is there. Done once it returns; the JSON goes last, so that whoever finds that finds
     * both.
     *
     * @param drill names the drill; letters, digits and {@code -}
     * @return what both names begin with
     */
    public String put(BackupId backup, String drill, byte[] html, byte[] json) throws RepositoryException {
        if (html.length > LONGEST || json.length > LONGEST) {
            throw new IllegalArgumentException("a report is longer than " + LONGEST + " bytes");
        }
        String name = layout.drills(backup) + drill;
        // Where an earlier attempt of the same drill came so far, its report stays.
        store.putIfAbsent(new ObjectKey(name + HTML), html);
        store.putIfAbsent(new ObjectKey(name + JSON), json);
        return name;
    }

    /** The reports of the drills of a backup, as JSON; at most so many, in the order of their names. */
    public List<byte[]> of(BackupId backup, int most) throws RepositoryException {
        List<byte[]> found = new ArrayList<>();
        ObjectStore.Listing listing = store.list(layout.drills(backup));
        while (listing.hasNext() && found.size() < most) {
            ObjectKey key = listing.next().key();
            if (key.value().endsWith(JSON)) {
                found.add(read(key));
            }
        }
        return found;
    }

    private byte[] read(ObjectKey key) throws RepositoryException {
        try (InputStream in = store.open(key)) {
            return in.readNBytes(LONGEST);
        } catch (IOException e) {
            throw RepositoryException.from(e, "Reading " + key);
        }
    }
}
