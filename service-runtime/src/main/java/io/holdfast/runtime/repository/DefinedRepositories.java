package io.holdfast.runtime.repository;

import io.holdfast.events.definition.RepositoryDefined;
import io.holdfast.repository.Repository;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.store.ObjectLock;
import io.holdfast.repository.store.ObjectStore;
import io.holdfast.repository.store.StoreAccess;
import io.holdfast.repository.store.StoreAddress;
import io.holdfast.repository.store.StoreCredentials;
import io.holdfast.runtime.secrets.SecretException;
import io.holdfast.runtime.secrets.Secrets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Connects to repositories as they are defined; references to secrets are resolved at each call, where this runs. Thread
 * safe.
 */
public final class DefinedRepositories {
    private final Secrets secrets;

    public DefinedRepositories(Secrets secrets) {
        this.secrets = secrets;
    }

    /**
     * Opens a repository that is there.
     *
     * @throws RepositoryException.Unusable if the definition cannot be used on this host, or there is no repository
     */
    public Repository open(RepositoryDefined defined) throws RepositoryException {
        return Repository.open(connect(defined));
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

    /** What a definition gives; what hinders it is the configuration's fault, and says which repository's. */
    private static <T> T usable(RepositoryDefined defined, Supplier<T> wanted) throws RepositoryException {
        String where = "The definition of the repository \"" + defined.repository() + "\" cannot be used: ";
        try {
            return wanted.get();
        } catch (SecretException e) {
            throw new RepositoryException.Unusable(where + e.what() + ".", e.hint());
        } catch (IllegalArgumentException e) {
            throw new RepositoryException.Unusable(where + e.getMessage() + ".", "correct it in holdfast.yaml.");
        }
    }
}
