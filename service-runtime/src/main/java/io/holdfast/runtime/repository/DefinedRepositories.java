package io.holdfast.runtime.repository;

import io.holdfast.events.definition.RepositoryDefined;
import io.holdfast.repository.Repository;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.key.RepositoryKeys;
import io.holdfast.repository.store.DeletableStore;
import io.holdfast.repository.store.ObjectLock;
import io.holdfast.repository.store.ObjectStore;
import io.holdfast.repository.store.StoreAccess;
import io.holdfast.repository.store.StoreAddress;
import io.holdfast.repository.store.StoreCredentials;
import io.holdfast.runtime.secrets.SecretException;
import io.holdfast.runtime.secrets.Secrets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Connects to repositories as they are defined; references to secrets are resolved at each call, where this runs. Thread
 * safe.
 */
public final class DefinedRepositories {
    private final Secrets secrets;
    private final DefinedKeys keys;

    public DefinedRepositories(Secrets secrets) {
        this(secrets, InstantSource.system());
    }

    /** With a clock that tells whether recipients' keys have expired. */
    public DefinedRepositories(Secrets secrets, InstantSource clock) {
        this.secrets = secrets;
        this.keys = new DefinedKeys(secrets, clock);
    }

    /**
     * Opens a repository that is there, to verify what is in it: with the index key, if it is encrypted.
     *
     * @throws RepositoryException.Unusable if the definition cannot be used on this host, or there is no repository
     */
    public Repository openToVerify(RepositoryDefined defined) throws RepositoryException {
        return Repository.open(connect(defined), usable(defined, () -> keys.toVerify(defined.encryption())));
    }

    /**
     * Opens a repository that is there, to restore from it: with whatever opens wrapped keys, if it is encrypted.
     *
     * @throws RepositoryException.Unusable if the definition cannot be used on this host, or there is no repository
     */
    public Repository openToRestore(RepositoryDefined defined) throws RepositoryException {
        return Repository.open(connect(defined), usable(defined, () -> keys.toRestore(defined.encryption())));
    }

    /**
     * The keys that backups are written with: recipients and index key; none if they are not to be encrypted.
     *
     * @throws RepositoryException.Unusable if the definition cannot be used on this host, such as when a recipient's key
     *     has expired
     */
    public RepositoryKeys keysToWrite(RepositoryDefined defined) throws RepositoryException {
        return usable(defined, () -> keys.toWrite(defined.encryption()));
    }

    /** What restores could open backups with, each by itself, as far as it is to be had on this host. */
    public List<GivenKey> keysGiven(RepositoryDefined defined) {
        return keys.given(defined.encryption());
    }

    /**
     * Opens a repository that is there, to wrap its keys for the recipients that are defined now.
     *
     * @throws RepositoryException.Unusable if the definition cannot be used on this host, or there is no repository
     */
    public Repository openToRewrap(RepositoryDefined defined) throws RepositoryException {
        return Repository.open(connect(defined), usable(defined, () -> keys.toRewrap(defined.encryption())));
    }

    /**
     * Opens a repository that is there as the retention role: with the credentials that may delete, and with the index key,
     * if it is encrypted.
     *
     * @throws RepositoryException.Unusable if the definition cannot be used on this host or names no such credentials, or
     *     there is no repository
     */
    public Repository openToRetain(RepositoryDefined defined) throws RepositoryException {
        return openToVerify(asRetention(defined));
    }

    /** As {@link #openToRetain}, but none that is there is no failure: the first backup makes it. */
    public Optional<Repository> findToRetain(RepositoryDefined defined) throws RepositoryException {
        return findToVerify(asRetention(defined));
    }

    /** As {@link #openToVerify}, but none that is there is no failure: the first backup makes it. */
    public Optional<Repository> findToVerify(RepositoryDefined defined) throws RepositoryException {
        RepositoryKeys opening = usable(defined, () -> keys.toVerify(defined.encryption()));
        ObjectStore store = connect(defined);
        Optional<Repository> found = Repository.find(store, opening);
        if (found.isEmpty()) {
            store.close();
        }
        return found;
    }

    /**
     * The right to delete in a repository, as the retention role has it.
     *
     * @throws RepositoryException.Unusable as {@link #openToRetain}
     */
    public DeletableStore connectToRetain(RepositoryDefined defined) throws RepositoryException {
        return connectToDelete(asRetention(defined));
    }

    /** The same repository, seen with the credentials that may delete; without any where the host itself is trusted. */
    private static RepositoryDefined asRetention(RepositoryDefined defined) throws RepositoryException {
        RepositoryDefined.Deletion deletion = defined.deletion();
        if (deletion == null) {
            if (defined.accessKey() != null) {
                throw new RepositoryException.Unusable(
                        "The definition of the repository \"" + defined.repository()
                                + "\" names no credentials that may delete.",
                        "give it `deletion: { access_key: …, secret_key: … }` in holdfast.yaml; never the worker's own.");
            }
            return defined;
        }
        return new RepositoryDefined(
                defined.repository(),
                defined.revision(),
                defined.url(),
                deletion.accessKey(),
                deletion.secretKey(),
                defined.objectLock(),
                defined.encryption(),
                deletion);
    }

    /** The store that a definition names, with the right to delete, which not every credential has. */
    public DeletableStore connectToDelete(RepositoryDefined defined) throws RepositoryException {
        return StoreAddress.parse(defined.url()).connectToDelete(access(defined));
    }

    /**
     * The store that a definition names. Nothing is read or written yet.
     *
     * @throws RepositoryException.Unusable if the definition cannot be used on this host
     */
    public ObjectStore connect(RepositoryDefined defined) throws RepositoryException {
        return StoreAddress.parse(defined.url()).connect(access(defined));
    }

    private StoreAccess access(RepositoryDefined defined) throws RepositoryException {
        return usable(
                defined,
                () -> new StoreAccess(
                        credentials(defined),
                        Optional.ofNullable(defined.objectLock()).map(DefinedRepositories::lock)));
    }

    private Optional<StoreCredentials> credentials(RepositoryDefined defined) {
        Optional<String> accessKey = text(defined.accessKey());
        Optional<String> secretKey = text(defined.secretKey());
        if (accessKey.isPresent() != secretKey.isPresent()) {
            throw new IllegalArgumentException("access_key and secret_key belong together");
        }
        return accessKey.map(key -> new StoreCredentials(key, secretKey.orElseThrow()));
    }

    private Optional<String> text(@Nullable String reference) {
        return Optional.ofNullable(reference).map(each -> secrets.resolve(each).reveal());
    }

    private static ObjectLock lock(RepositoryDefined.ObjectLock defined) {
        return new ObjectLock(mode(defined.mode()), Duration.ofDays(defined.days()));
    }

    private static ObjectLock.Mode mode(String name) {
        return Arrays.stream(ObjectLock.Mode.values())
                .filter(mode -> mode.name().toLowerCase(Locale.ROOT).equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "object_lock.mode is neither governance nor compliance, but " + name));
    }

    @FunctionalInterface
    private interface Wanted<T> {
        T get() throws RepositoryException;
    }

    /** What a definition gives; what hinders it is the configuration's fault, and says which repository's. */
    private static <T> T usable(RepositoryDefined defined, Wanted<T> wanted) throws RepositoryException {
        String where = "The definition of the repository \"" + defined.repository() + "\" cannot be used: ";
        try {
            return wanted.get();
        } catch (RepositoryException e) {
            throw new RepositoryException.Unusable(where + e.what(), e.hint(), e);
        } catch (SecretException e) {
            throw new RepositoryException.Unusable(where + e.what() + ".", e.hint());
        } catch (IllegalArgumentException e) {
            throw new RepositoryException.Unusable(where + e.getMessage() + ".", "correct it in holdfast.yaml.");
        }
    }
}
