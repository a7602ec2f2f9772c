package io.holdfast.repository.store;

import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.store.azure.AzureDeletions;
import io.holdfast.repository.store.azure.AzureLocation;
import io.holdfast.repository.store.azure.AzureObjectStore;
import io.holdfast.repository.store.s3.S3Deletions;
import io.holdfast.repository.store.s3.S3Location;
import io.holdfast.repository.store.s3.S3ObjectStore;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;

/** Where a repository lies, as configurations write it: {@code file:///srv/holdfast}, {@code s3://bucket/prefix}. */
public sealed interface StoreAddress {
    /** A directory. */
    record Directory(Path path) implements StoreAddress {
        @Override
        public ObjectStore connect(StoreAccess access) throws RepositoryException {
            if (access.lock().isPresent()) {
                throw new RepositoryException.Unusable(
                        "The repository in the directory " + path
                                + " is to lock its objects, which directories cannot.",
                        "leave object_lock out, or use a bucket that was made with Object Lock.");
            }
            return FileObjectStore.at(path);
        }

        @Override
        public DeletableStore connectToDelete(StoreAccess access) {
            return FileObjectStore.at(path);
        }
    }

    /** A bucket of Amazon S3, or of another server that speaks its protocol. */
    record Bucket(S3Location location) implements StoreAddress {
        @Override
        public ObjectStore connect(StoreAccess access) {
            return S3ObjectStore.connect(location, access);
        }

        @Override
        public DeletableStore connectToDelete(StoreAccess access) {
            return S3Deletions.connect(location, access);
        }
    }

    /** A container of Azure Blob Storage. */
    record Container(AzureLocation location) implements StoreAddress {
        @Override
        public ObjectStore connect(StoreAccess access) throws RepositoryException {
            return AzureObjectStore.connect(location, access);
        }

        @Override
        public DeletableStore connectToDelete(StoreAccess access) throws RepositoryException {
            return AzureDeletions.connect(location, access);
        }
    }

    /** The store at this address. Nothing is read or written yet. */
    ObjectStore connect(StoreAccess access) throws RepositoryException;

    /** The right to delete at this address: for the role that enforces retention, with credentials of its own. */
    DeletableStore connectToDelete(StoreAccess access) throws RepositoryException;

    /**
     * Reads an address.
     *
     * @throws RepositoryException.Unusable if it is not an address, or of a kind that this version does not know
     */
    static StoreAddress parse(String url) throws RepositoryException {
        URI uri;
        try {
            uri = new URI(url);
        } catch (URISyntaxException e) {
            // The address is left out: a mistyped one may hold a password.
            throw new RepositoryException.Unusable(
                    "A repository's address is not a URL.",
                    "write it like file:///srv/holdfast or s3://bucket/prefix.");
        }
        if ("s3".equals(uri.getScheme())) {
            return new Bucket(S3Location.parse(uri));
        }
        if ("azblob".equals(uri.getScheme())) {
            return new Container(AzureLocation.parse(uri));
        }
        if (!"file".equals(uri.getScheme())) {
            throw new RepositoryException.Unusable(
                    "Repositories of the kind \"" + uri.getScheme() + ":\" are not known.",
                    "use file:///absolute/path, s3://bucket/prefix or azblob://container/prefix.");
        }
        boolean onThisHost = uri.getHost() == null || uri.getHost().equals("localhost");
        String path = uri.getPath();
        if (path == null || !path.startsWith("/") || path.equals("/") || !onThisHost || uri.getQuery() != null) {
            throw new RepositoryException.Unusable(
                    "The repository's address does not name a directory of this host.",
                    "write it like file:///srv/holdfast, with three slashes and an absolute path.");
        }
        return new Directory(Path.of(path));
    }
}
