package io.holdfast.repository.key;

import io.holdfast.repository.PlaceLayout;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.encoding.MalformedException;
import io.holdfast.repository.encoding.Sha256;
import io.holdfast.repository.seal.KeyId;
import io.holdfast.repository.seal.SealingKey;
import io.holdfast.repository.store.ObjectKey;
import io.holdfast.repository.store.ObjectStore;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** The wrapped keys of one place, as they lie in a store. Safe for use by several threads. */
record WrappedKeys(ObjectStore store, PlaceLayout layout, UUID repositoryId) {
    /** More than any wrapped key has. */
    private static final int LONGEST = 1 << 16;

    /** All wrapped forms of a key. */
    List<WrappedKey> of(KeyId id) throws RepositoryException {
        List<WrappedKey> found = new ArrayList<>();
        ObjectStore.Listing listing = store.list(layout.wrappedKeys(id));
        while (listing.hasNext()) {
            WrappedKey.of(listing.next().key()).ifPresent(found::add);
        }
        return found;
    }

    /** The identifiers of all keys that are wrapped here, in order. */
    List<KeyId> all() throws RepositoryException {
        Set<KeyId> ids = new LinkedHashSet<>();
        String prefix = layout.wrappedKeys();
        ObjectStore.Listing listing = store.list(prefix);
        while (listing.hasNext()) {
            String name = listing.next().key().value().substring(prefix.length());
            int end = name.indexOf('/');
            if (end == 2 * KeyId.LENGTH && KeyId.isHex(name.substring(0, end))) {
                ids.add(new KeyId(name.substring(0, end)));
            }
        }
        return List.copyOf(ids);
    }

    /** Wraps a key for a recipient; durable when this returns. */
    void add(SealingKey key, KeyRecipient recipient) throws RepositoryException {
        byte[] message = KeyMessage.encode(key);
        try {
            byte[] wrapped = recipient.wrap(message, context(key.id()));
            // If it exists it is the same: its name holds its digest.
            store.putIfAbsent(layout.wrappedKey(key.id(), recipient.id() + "." + Sha256.hex(wrapped)), wrapped);
        } finally {
            Arrays.fill(message, (byte) 0);
        }
    }

    /** Wraps a key for a recipient for whom it is not wrapped yet; gives whether it was not. */
    boolean addIfMissing(SealingKey key, KeyRecipient recipient) throws RepositoryException {
        for (WrappedKey wrapped : of(key.id())) {
            if (wrapped.recipient().equals(recipient.id()) && opens(recipient, key.id(), wrapped)) {
                return false;
            }
        }
        add(key, recipient);
        return true;
    }

    /** A passphrase may have been changed; who holds an OpenPGP key is told by its fingerprint alone. */
    boolean opens(KeyRecipient recipient, KeyId id, WrappedKey wrapped) throws RepositoryException {
        if (!(recipient instanceof KeyHolder holder)) {
            return true;
        }
        try {
            return holder.unwrap(wrapped.recipient(), read(wrapped), context(id))
                    .isPresent();
        } catch (MalformedException e) {
            return false;
        }
    }

    /** The bytes of a wrapped key, which must be those that its name says. */
    byte[] read(WrappedKey wrapped) throws RepositoryException, MalformedException {
        try (InputStream in = store.open(wrapped.object(), 0, LONGEST)) {
            byte[] bytes = in.readAllBytes();
            if (!Sha256.hex(bytes).equals(wrapped.sha256())) {
                throw new MalformedException("the SHA-256 of the wrapped key is another one than its name says");
            }
            return bytes;
        } catch (IOException e) {
            throw RepositoryException.from(e, "Reading " + wrapped.object());
        }
    }

    /**
     * Opens a wrapped key.
     *
     * @return empty if it is not for this holder
     * @throws MalformedException if it is damaged, or holds another key
     */
    Optional<SealingKey> open(KeyId id, WrappedKey wrapped, KeyHolder holder)
            throws RepositoryException, MalformedException {
        Optional<byte[]> message = holder.unwrap(wrapped.recipient(), read(wrapped), context(id));
        if (message.isEmpty()) {
            return Optional.empty();
        }
        SealingKey key = KeyMessage.decode(message.get());
        Arrays.fill(message.get(), (byte) 0);
        if (!key.id().equals(id)) {
            throw new MalformedException("it holds another key than its name says");
        }
        return Optional.of(key);
    }

    private KeyContext context(KeyId id) {
        return new KeyContext(
                repositoryId.toString(), layout.target().value(), layout.place().value(), id);
    }

    /** The name that wrapped forms of a key lie below. */
    ObjectKey below(KeyId id) {
        String prefix = layout.wrappedKeys(id);
        return new ObjectKey(prefix.substring(0, prefix.length() - 1));
    }
}
