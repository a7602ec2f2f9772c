package io.holdfast.repository.read;

import io.holdfast.repository.PlaceLayout;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.index.FilePath;
import io.holdfast.repository.manifest.BackupManifest;
import io.holdfast.repository.manifest.BackupManifest.PackReference;
import io.holdfast.repository.map.FrameReference;
import io.holdfast.repository.map.PackName;
import io.holdfast.repository.store.ObjectStore;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The packs that a backup's own attempt wrote, each scanned once as its frames come up. For one thread. */
final class OwnPacks implements AutoCloseable {
    private final ObjectStore store;
    private final PlaceLayout layout;
    private final BackupManifest manifest;
    private final Map<Integer, PackReference> unread = new HashMap<>();
    private final List<Damage> damages = new ArrayList<>();
    private @Nullable PackScan open;
    private long bytesRead;

    OwnPacks(ObjectStore store, PlaceLayout layout, BackupManifest manifest) {
        this.store = store;
        this.layout = layout;
        this.manifest = manifest;
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
            endOpen();
            open = scan(next);
        }
        PackScan scan = open;
        return scan != null && scan.number() == name.number() && scan.isAhead(frame)
                ? Optional.of(scan.frame(frame, file))
                : Optional.empty();
    }

    private PackScan scan(PackReference pack) throws RepositoryException {
        PackName name = new PackName(manifest.backup(), manifest.attempt(), pack.number());
        return new PackScan(
                store, layout.pack(name), pack, manifest.dataKeys().stream().findFirst());
    }

    private void endOpen() throws RepositoryException {
        if (open != null) {
            open.finish().ifPresent(damages::add);
            bytesRead += open.bytesRead();
            open.close();
            open = null;
        }
    }

    /** Reads what is left, also packs that no file uses; says what is wrong with packs as a whole. */
    List<Damage> finish() throws RepositoryException {
        endOpen();
        for (PackReference pack : List.copyOf(unread.values())) {
            open = scan(pack);
            endOpen();
        }
        return damages;
    }

    long bytesRead() {
        return bytesRead;
    }

    @Override
    public void close() throws RepositoryException {
        if (open != null) {
            open.close();
        }
    }
}
