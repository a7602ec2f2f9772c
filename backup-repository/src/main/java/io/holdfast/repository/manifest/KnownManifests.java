package io.holdfast.repository.manifest;

import io.holdfast.repository.BackupId;
import io.holdfast.repository.RepositoryException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The manifests of one place, for who reads them again and again: one that was read is not read again, for it never changes.
 * Large ones are not kept. Safe for use by several threads.
 */
public final class KnownManifests {
    /** Lines of a manifest about packs; 1000 are some 150 KB. */
    private static final int LARGE = 1000;

    private final Manifests manifests;
    private final Map<BackupId, ManifestObject> known = new ConcurrentHashMap<>();

    public KnownManifests(Manifests manifests) {
        this.manifests = manifests;
    }

    /** As {@link Manifests#list()}. */
    public List<BackupId> list() throws RepositoryException {
        List<BackupId> found = manifests.list();
        known.keySet().retainAll(new HashSet<>(found));
        return found;
    }

    /** As {@link Manifests#get}, and what was read before is what it says. */
    public ManifestObject get(BackupId backup) throws RepositoryException {
        ManifestObject before = known.get(backup);
        if (before != null) {
            return before;
        }
        ManifestObject read = manifests.get(backup);
        if (!(read instanceof ManifestObject.Committed(BackupManifest manifest))
                || manifest.packs().size() < LARGE) {
            known.put(backup, read);
        }
        return read;
    }

    /** As {@link Manifests#putIfAbsent}. */
    public ManifestObject putIfAbsent(BackupId backup, ManifestObject manifest) throws RepositoryException {
        return manifests.putIfAbsent(backup, manifest);
    }
}
