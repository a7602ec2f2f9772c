package io.holdfast.repository.content;

import io.holdfast.repository.PlaceLayout;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.encoding.MalformedException;
import io.holdfast.repository.encoding.ObjectHeader;
import io.holdfast.repository.manifest.BackupManifest;
import io.holdfast.repository.map.PackName;
import io.holdfast.repository.seal.BodyOpener;
import io.holdfast.repository.seal.FrameOpening;
import io.holdfast.repository.seal.KeyId;
import io.holdfast.repository.seal.PlaceKeys;
import io.holdfast.repository.store.ObjectKey;
import io.holdfast.repository.store.ObjectStore;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What opens the frames of the packs that a backup uses. The header of a pack is read once, and not at all where nothing
 * is sealed. Safe for use by several threads.
 */
public final class PackOpenings {
    private static final Logger LOG = LoggerFactory.getLogger(PackOpenings.class);

    private final ObjectStore store;
    private final PlaceLayout layout;
    private final PlaceKeys keys;
    private final BackupManifest manifest;
    private final Map<PackName, Found> found = new ConcurrentHashMap<>();

    public PackOpenings(ObjectStore store, PlaceLayout layout, PlaceKeys keys, BackupManifest manifest) {
        this.store = store;
        this.layout = layout;
        this.keys = keys;
        this.manifest = manifest;
    }

    /** What opens a pack's frames, or why nothing does. */
    public sealed interface Found {
        /** Its frames can be opened. */
        record Good(FrameOpening opening) implements Found {}

        /** Its header is damaged. */
        record Bad(DamageKind kind, String detail) implements Found {}
    }

    /**
     * For a pack.
     *
     * @throws RepositoryException.Denied if its data key is not here
     */
    public Found get(PackName pack) throws RepositoryException {
        if (!manifest.isSealed()) {
            return new Found.Good(FrameOpening.PLAIN);
        }
        Found known = found.get(pack);
        if (known == null) {
            known = read(pack);
            if (known instanceof Found.Good) {
                found.put(pack, known);
            }
        }
        return known;
    }

    /** Whether every data key that the backup names is here. */
    public boolean areAllHere() throws RepositoryException {
        for (KeyId key : manifest.dataKeys()) {
            try {
                keys.dataKey(key, layout.manifest(manifest.backup()));
            } catch (RepositoryException.Denied | MalformedException e) {
                LOG.debug("{} is checked as it is stored, not opened: {}", manifest.backup(), e.getMessage());
                return false;
            }
        }
        return true;
    }

    private Found read(PackName pack) throws RepositoryException {
        ObjectKey name = layout.pack(pack);
        try (InputStream in = store.open(name, 0, ObjectHeader.LENGTH)) {
            ObjectHeader header = ObjectHeader.read(ObjectHeader.Type.PACK, in.readAllBytes());
            requireListed(header);
            return new Found.Good(new BodyOpener(keys).frames(header, name, layout.packs(pack)));
        } catch (MalformedException e) {
            return new Found.Bad(DamageKind.UNREADABLE, "the pack's header: " + e.getMessage());
        } catch (RepositoryException.NotFound e) {
            return new Found.Bad(DamageKind.MISSING, "the pack is missing");
        } catch (IOException e) {
            throw RepositoryException.from(e, "Reading " + name);
        }
    }

    /** All packs of a sealed backup are sealed, and a changed header must not send anybody looking for a key that never was. */
    private void requireListed(ObjectHeader header) throws MalformedException {
        if (!header.isSealed() || !manifest.dataKeys().contains(KeyId.of(header.key()))) {
            throw new MalformedException("it does not name a key that the manifest lists");
        }
    }
}
