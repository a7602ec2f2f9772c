package io.holdfast.repository.key;

import io.holdfast.repository.PlaceLayout;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.encoding.MalformedException;
import io.holdfast.repository.seal.KeyId;
import io.holdfast.repository.seal.PlaceKeys;
import io.holdfast.repository.seal.SealingKey;
import io.holdfast.repository.store.DeletableStore;
import io.holdfast.repository.store.ObjectKey;
import io.holdfast.repository.store.ObjectStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The keys of a place: given ones, those derived from them, and those that given ones unwrap. */
public final class StoredKeys implements PlaceKeys {
    private static final Logger LOG = LoggerFactory.getLogger(StoredKeys.class);

    private final WrappedKeys wrapped;
    private final SealedMarker marker;
    private final RepositoryKeys keys;
    private final List<SealingKey> indexKeys;
    private final boolean checking;
    private final Map<KeyId, SealingKey> opened = new ConcurrentHashMap<>();
    private final Map<KeyId, List<WrappedKey>> listings = new ConcurrentHashMap<>();
    private volatile boolean unsealed;
    private volatile boolean prepared;

    /** The keys of a place, as far as {@code keys} go. */
    public StoredKeys(ObjectStore store, PlaceLayout layout, UUID repositoryId, RepositoryKeys keys) {
        this(store, layout, repositoryId, keys, false);
    }

    /** The same to find out which keys open: a key service that is away or has lost its key is no reason to stop, but Denied. */
    public static StoredKeys toCheck(ObjectStore store, PlaceLayout layout, UUID repositoryId, RepositoryKeys keys) {
        return new StoredKeys(store, layout, repositoryId, keys, true);
    }

    private StoredKeys(
            ObjectStore store, PlaceLayout layout, UUID repositoryId, RepositoryKeys keys, boolean checking) {
        this.checking = checking;
        this.wrapped = new WrappedKeys(store, layout, repositoryId);
        this.marker = new SealedMarker(store);
        this.keys = keys;
        this.indexKeys = keys.masterIndexKeys().stream()
                .map(master ->
                        master.indexKey(repositoryId.toString(), layout.target().value()))
                .toList();
    }

    @Override
    public Optional<SealingKey> newestIndexKey() throws RepositoryException {
        if (indexKeys.isEmpty() && !keys.recipients().isEmpty()) {
            throw new RepositoryException.Unusable(
                    "Recipients are given and no index key, so nothing can be encrypted for them.",
                    "give the index key of the repository; 32 random bytes make a new one.");
        }
        if (indexKeys.isEmpty() && !unsealed) {
            marker.requireAbsent();
            unsealed = true;
        }
        return indexKeys.stream().findFirst();
    }

    @Override
    public Optional<SealingKey> newDataKey() throws RepositoryException {
        Optional<SealingKey> indexKey = newestIndexKey();
        if (indexKey.isEmpty()) {
            return Optional.empty();
        }
        if (keys.recipients().isEmpty()) {
            throw new RepositoryException.Unusable(
                    "There is an index key, but nobody for whom backups shall be readable.",
                    "name recipients in the repository's encryption: OpenPGP public keys or a passphrase.");
        }
        prepare(indexKey.get());
        byte[] secret = keys.random(SealingKey.LENGTH);
        SealingKey dataKey = new SealingKey(secret);
        Arrays.fill(secret, (byte) 0);
        for (KeyRecipient recipient : keys.recipients()) {
            wrapped.add(dataKey, recipient);
        }
        return Optional.of(dataKey);
    }

    /** Whoever can open the data keys must be able to read the manifests too, with the repository alone. */
    private synchronized void prepare(SealingKey indexKey) throws RepositoryException {
        if (!prepared) {
            marker.create();
            for (KeyRecipient recipient : keys.recipients()) {
                wrapped.addIfMissing(indexKey, recipient);
            }
            prepared = true;
        }
    }

    @Override
    public SealingKey indexKey(KeyId id, ObjectKey wanted) throws RepositoryException, MalformedException {
        for (SealingKey key : indexKeys) {
            if (key.id().equals(id)) {
                return key;
            }
        }
        return open("index key", id, wanted);
    }

    @Override
    public SealingKey dataKey(KeyId id, ObjectKey wanted) throws RepositoryException, MalformedException {
        return open("data key", id, wanted);
    }

    private SealingKey open(String kind, KeyId id, ObjectKey wanted) throws RepositoryException, MalformedException {
        SealingKey known = opened.get(id);
        if (known != null) {
            return known;
        }
        List<WrappedKey> forms = known(id);
        if (forms.isEmpty()) {
            throw new MalformedException("it names the " + kind + " " + id + ", of which no wrapped form is stored");
        }
        Tried tried = open(id, forms);
        if (tried.key().isPresent()) {
            return tried.key().get();
        }
        if (tried.refused().isEmpty()) {
            throw missing(kind, id, wanted, forms, tried.damaged());
        }
        RepositoryException refused = tried.refused().get();
        throw checking ? new RepositoryException.Denied(refused.what(), refused.hint(), refused) : refused;
    }

    /** The wrapped forms of a key; asked for once, since many objects name the same. */
    private List<WrappedKey> known(KeyId id) throws RepositoryException {
        List<WrappedKey> listed = listings.get(id);
        if (listed == null) {
            listed = wrapped.of(id);
            if (!listed.isEmpty()) {
                listings.put(id, listed);
            }
        }
        return listed;
    }

    /**
     * What came of trying to open a key.
     *
     * @param key if something opened it
     * @param damaged wrapped forms that are
     * @param refused why the first could not be tried that could not
     */
    private record Tried(Optional<SealingKey> key, List<String> damaged, Optional<RepositoryException> refused) {}

    private Tried open(KeyId id, List<WrappedKey> forms) {
        List<String> damaged = new ArrayList<>();
        Optional<RepositoryException> refused = Optional.empty();
        for (KeyHolder holder : keys.holders()) {
            for (WrappedKey form : forms) {
                if (holder.mayOpen(form.recipient())) {
                    try {
                        Optional<SealingKey> key = wrapped.open(id, form, holder);
                        if (key.isPresent()) {
                            opened.put(id, key.get());
                            return new Tried(key, damaged, Optional.empty());
                        }
                    } catch (MalformedException e) {
                        damaged.add(form.object() + ": " + e.getMessage());
                    } catch (RepositoryException e) {
                        // One of several ways to open is enough: another may be left.
                        refused = refused.or(() -> Optional.of(e));
                    }
                }
            }
        }
        return new Tried(Optional.empty(), damaged, refused);
    }

    /** The same where others go on if this one does not open. */
    private Optional<SealingKey> openIfPossible(KeyId id, List<WrappedKey> forms) {
        Tried tried = open(id, forms);
        tried.refused().ifPresent(why -> LOG.warn("The key {} does not open: {}", id, why.getMessage()));
        return tried.key();
    }

    /**
     * What {@link #rewrap} did.
     *
     * @param keys that something in the place is sealed with
     * @param added wrapped forms that are new
     * @param closed keys that nothing given here opens, so that they could not be wrapped again
     */
    public record Rewrapped(int keys, int added, List<KeyId> closed) {
        public Rewrapped {
            closed = List.copyOf(closed);
        }
    }

    /**
     * Wraps every key of the place for every recipient for whom it is not wrapped yet. No data is read or written. Can be
     * run again, and several can do it at once.
     */
    public Rewrapped rewrap() throws RepositoryException {
        List<KeyId> ids = wrapped.all();
        List<KeyId> closed = new ArrayList<>();
        int added = 0;
        for (KeyId id : ids) {
            Optional<SealingKey> key =
                    indexKeys.stream().filter(each -> each.id().equals(id)).findFirst();
            if (key.isEmpty()) {
                key = openIfPossible(id, wrapped.of(id));
            }
            if (key.isEmpty()) {
                closed.add(id);
            } else {
                for (KeyRecipient recipient : keys.recipients()) {
                    added += wrapped.addIfMissing(key.get(), recipient) ? 1 : 0;
                }
            }
        }
        return new Rewrapped(ids.size(), added, closed);
    }

    /**
     * What {@link #remove} did.
     *
     * @param removed wrapped forms that are gone
     * @param kept keys of which that recipient's form stays, since nothing given here opens another one's
     */
    public record Removed(int removed, List<KeyId> kept) {
        public Removed {
            kept = List.copyOf(kept);
        }
    }

    /**
     * Removes what is wrapped for a recipient, of each key that was opened here by what is wrapped for another one. If it is
     * the passphrase, and one is given to wrap with, what that opens stays: others are from before.
     *
     * @throws RepositoryException.Unusable if the next backup would be wrapped for that recipient again
     */
    public Removed remove(String recipient, DeletableStore deletable) throws RepositoryException {
        Optional<KeyRecipient> present = keys.recipients().stream()
                .filter(known -> known.id().equals(recipient))
                .findFirst();
        if (present.isPresent() && !(present.get() instanceof Passphrase)) {
            throw new RepositoryException.Unusable(
                    recipient + " is a recipient, so backups go on to be wrapped for it.",
                    "take it out of the repository's encryption first.");
        }
        List<KeyId> kept = new ArrayList<>();
        int removed = 0;
        for (KeyId id : wrapped.all()) {
            List<WrappedKey> theirs = new ArrayList<>();
            List<WrappedKey> others = new ArrayList<>();
            for (WrappedKey form : wrapped.of(id)) {
                boolean stays = !form.recipient().equals(recipient)
                        || (present.isPresent() && wrapped.opens(present.get(), id, form));
                (stays ? others : theirs).add(form);
            }
            if (theirs.isEmpty()) {
                continue;
            }
            if (openIfPossible(id, others).isEmpty()) {
                kept.add(id);
            } else {
                for (WrappedKey form : theirs) {
                    removed += deletable.delete(form.object()) ? 1 : 0;
                }
            }
        }
        return new Removed(removed, kept);
    }

    /** For whom a key is wrapped, for people. */
    public List<String> recipients(KeyId id) throws RepositoryException {
        return wrapped.of(id).stream()
                .map(WrappedKey::recipient)
                .distinct()
                .map(this::describe)
                .toList();
    }

    private RepositoryException missing(
            String kind, KeyId id, ObjectKey wanted, List<WrappedKey> forms, List<String> damaged) {
        if (!damaged.isEmpty()) {
            return new RepositoryException.Damaged(
                    "The " + kind + " " + id + " of " + wanted + " cannot be unwrapped: " + String.join("; ", damaged)
                            + ".",
                    "open it with the key of another recipient: " + recipients(forms) + ".");
        }
        return new RepositoryException.Denied(
                wanted + " is sealed with the " + kind + " " + id + ", which nothing given here opens.",
                "give one of: " + recipients(forms) + ".",
                null);
    }

    private String recipients(List<WrappedKey> forms) {
        return forms.stream()
                .map(WrappedKey::recipient)
                .distinct()
                .map(this::describe)
                .collect(Collectors.joining(", "));
    }

    private String describe(String recipient) {
        return keys.recipients().stream()
                .filter(known -> known.id().equals(recipient))
                .map(KeyRecipient::describe)
                .findFirst()
                .orElseGet(() -> WrappedKey.describe(recipient));
    }

    @Override
    public List<WrapProblem> checkWraps(KeyId id) throws RepositoryException {
        List<WrappedKey> forms = wrapped.of(id);
        if (forms.isEmpty()) {
            return List.of(new WrapProblem(wrapped.below(id), true, "no wrapped form of this key is stored"));
        }
        List<WrapProblem> problems = new ArrayList<>();
        for (WrappedKey form : forms) {
            try {
                wrapped.read(form);
            } catch (MalformedException e) {
                problems.add(new WrapProblem(form.object(), false, String.valueOf(e.getMessage())));
            }
        }
        return problems;
    }

    @Override
    public byte[] random(int length) {
        return keys.random(length);
    }
}
