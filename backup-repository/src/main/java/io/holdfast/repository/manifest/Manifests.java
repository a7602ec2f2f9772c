package io.holdfast.repository.manifest;

import io.holdfast.repository.BackupId;
import io.holdfast.repository.PlaceLayout;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.encoding.MalformedException;
import io.holdfast.repository.seal.BodyOpener;
import io.holdfast.repository.seal.BodySeal;
import io.holdfast.repository.seal.KeyId;
import io.holdfast.repository.seal.PlaceKeys;
import io.holdfast.repository.store.ObjectKey;
import io.holdfast.repository.store.ObjectStore;
import io.holdfast.repository.store.PutOutcome;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The manifests of one place. Safe for use by several threads. */
public record Manifests(ObjectStore store, PlaceLayout layout, PlaceKeys keys) {
    /** More than the first line of a manifest has. */
    private static final int FIRST_LINE = 1 << 10;

    /**
     * Stores a manifest unless there is one.
     *
     * @return what lies there now
     */
    public ManifestObject putIfAbsent(BackupId backup, ManifestObject manifest) throws RepositoryException {
        ObjectKey key = layout.manifest(backup);
        BodySeal seal = BodySeal.with(keys.newestIndexKey(), keys);
        PutOutcome outcome = store.putIfAbsent(key, ManifestCodec.encode(manifest, key, seal));
        return switch (outcome) {
            case CREATED -> manifest;
            case EXISTS -> get(backup);
        };
    }

    /**
     * What lies under a manifest's key, made to stay there: whoever created it may have ended before its name was durable.
     *
     * @throws RepositoryException.NotFound if there is nothing
     */
    public ManifestObject getDurable(BackupId backup) throws RepositoryException {
        // Creating it once more is in vain, but tells of what is there only once that is durable.
        return putIfAbsent(backup, get(backup));
    }

    /** What lies under a manifest's key. */
    public ManifestObject get(BackupId backup) throws RepositoryException {
        ObjectKey key = layout.manifest(backup);
        try (InputStream in = store.open(key)) {
            byte[] document = in.readNBytes(ManifestCodec.LONGEST + 1);
            if (document.length > ManifestCodec.LONGEST) {
                throw damaged(key, "it is longer than " + ManifestCodec.LONGEST + " bytes", null);
            }
            ManifestObject found = ManifestCodec.decode(document, key, new BodyOpener(keys));
            requireItsOwn(found, backup, key);
            return found;
        } catch (MalformedException e) {
            throw damaged(key, String.valueOf(e.getMessage()), e);
        } catch (IOException e) {
            throw RepositoryException.from(e, "Reading " + key);
        }
    }

    /** The index key that a manifest is sealed with, for which that key need not be here; empty if it is not sealed. */
    public Optional<KeyId> sealedWith(BackupId backup) throws RepositoryException {
        ObjectKey key = layout.manifest(backup);
        try (InputStream in = store.open(key, 0, FIRST_LINE)) {
            return ManifestCodec.sealedWith(in.readAllBytes());
        } catch (MalformedException e) {
            throw damaged(key, String.valueOf(e.getMessage()), e);
        } catch (IOException e) {
            throw RepositoryException.from(e, "Reading " + key);
        }
    }

    private void requireItsOwn(ManifestObject found, BackupId backup, ObjectKey key) throws RepositoryException {
        boolean own = switch (found) {
            case ManifestObject.Committed(BackupManifest manifest) ->
                manifest.backup().equals(backup)
                        && manifest.target().equals(layout.target())
                        && manifest.place().equals(layout.place());
            case ManifestObject.Aborted aborted -> aborted.backup().equals(backup);
        };
        if (!own) {
            throw damaged(key, "it is the manifest of another backup", null);
        }
    }

    /** The identifiers of all that have a manifest, in key order. */
    public List<BackupId> list() throws RepositoryException {
        List<BackupId> found = new ArrayList<>();
        ObjectStore.Listing listing = store.list(layout.manifests());
        while (listing.hasNext()) {
            String name =
                    listing.next().key().value().substring(layout.manifests().length());
            // Anything else in there was not made by a writer of this format.
            if (ObjectKey.isName(name)) {
                found.add(new BackupId(name));
            }
        }
        return found;
    }

    private static RepositoryException.Damaged damaged(ObjectKey key, String detail, @Nullable Throwable cause) {
        String what = "The manifest " + key + " is damaged: " + detail + ".";
        String hint = "restore from another backup, and check the disk or bucket that the repository lies on.";
        return new RepositoryException.Damaged(key, detail, what, hint, cause);
    }
}
