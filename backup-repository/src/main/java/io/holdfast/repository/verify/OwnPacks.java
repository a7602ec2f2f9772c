package io.holdfast.repository.verify;

import io.holdfast.repository.PlaceLayout;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.content.Damage;
import io.holdfast.repository.content.FrameWindow;
import io.holdfast.repository.content.ReadAhead;
import io.holdfast.repository.index.FilePath;
import io.holdfast.repository.manifest.BackupManifest;
import io.holdfast.repository.manifest.BackupManifest.PackReference;
import io.holdfast.repository.map.FrameReference;
import io.holdfast.repository.map.PackName;
import io.holdfast.repository.store.ObjectStore;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The packs that a backup's own attempt wrote, each scanned once as its frames come up. Several are open, since files that
 * were written at the same time lie in packs of their own. For one thread.
 */
final class OwnPacks implements AutoCloseable {
    private static final int MOST_OPEN = 16;

    private final ObjectStore store;
    private final PlaceLayout layout;
    private final BackupManifest manifest;
    private final ReadAhead ahead;
    private final Map<Integer, PackReference> unread = new HashMap<>();
    private final List<Damage> damages = new ArrayList<>();
    /** By number; what was not asked for longest comes first. */
    private final Map<Integer, PackScan> open = new LinkedHashMap<>(MOST_OPEN, 0.75f, true);

    private long bytesRead;

    OwnPacks(ObjectStore store, PlaceLayout layout, BackupManifest manifest, ReadAhead ahead) {
        this.store = store;
        this.layout = layout;
        this.manifest = manifest;
        this.ahead = ahead;
        manifest.packs().forEach(pack -> unread.put(pack.number(), pack));
    }

    /** The stored bytes of a frame, or empty if it has to be read apart: of an earlier backup, or out of order. */
    Optional<FrameWindow.Found> frame(FrameReference frame, FilePath file) throws RepositoryException {
        PackName name = frame.pack();
        boolean own = name.backup().equals(manifest.backup()) && name.attempt().equals(manifest.attempt());
        if (!own) {
            return Optional.empty();
        }
        PackReference next = unread.remove(name.number());
        if (next != null) {
            if (open.size() == MOST_OPEN) {
                end(open.keySet().iterator().next());
            }
            open.put(name.number(), scan(next));
        }
        PackScan scan = open.get(name.number());
        if (scan == null || !scan.isAhead(frame)) {
            return Optional.empty();
        }
        FrameWindow.Found found = scan.frame(frame, file);
        if (scan.isAtEnd()) {
            end(name.number());
        }
        return Optional.of(found);
    }

    private PackScan scan(PackReference pack) throws RepositoryException {
        PackName name = new PackName(manifest.backup(), manifest.attempt(), pack.number());
        return new PackScan(
                store, layout.pack(name), pack, manifest.dataKeys().stream().findFirst(), ahead);
    }

    /** Reads the rest of an open pack. */
    private void end(int number) throws RepositoryException {
        try (PackScan scan = open.remove(number)) {
            if (scan != null) {
                scan.finish().ifPresent(damages::add);
                bytesRead += scan.bytesRead();
            }
        }
    }

    /** Reads what is left, also packs that no file uses; says what is wrong with packs as a whole. */
    List<Damage> finish() throws RepositoryException {
        for (int number : List.copyOf(open.keySet())) {
            end(number);
        }
        for (PackReference pack : List.copyOf(unread.values())) {
            try (PackScan scan = scan(pack)) {
                scan.finish().ifPresent(damages::add);
                bytesRead += scan.bytesRead();
            }
        }
        return damages;
    }

    long bytesRead() {
        return bytesRead;
    }

    @Override
    public void close() throws RepositoryException {
        for (PackScan scan : open.values()) {
            scan.close();
        }
    }
}
