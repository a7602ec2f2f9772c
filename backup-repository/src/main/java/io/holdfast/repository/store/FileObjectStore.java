package io.holdfast.repository.store;

import io.holdfast.repository.RepositoryException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Objects as files below a directory. An object is written to a temporary file in {@code .uploads} (same file system),
 * synced, then linked to its name: a hard link fails if the name exists, which makes creation exclusive also between
 * hosts on one network file system. What a crash leaves lies in {@code .uploads}, where nothing looks; the first upload of
 * each store removes what nobody has written to there for a week.
 */
public final class FileObjectStore implements ObjectStore, DeletableStore {
    static final String UPLOADS = ".uploads";

    private static final Duration LEFTOVER = Duration.ofDays(7);
    private static final Logger LOG = LoggerFactory.getLogger(FileObjectStore.class);

    private final Path root;
    private final AtomicBoolean swept = new AtomicBoolean();

    private FileObjectStore(Path root) {
        this.root = root;
    }

    /** The store in a directory, which is made with the first object if it is missing. */
    public static FileObjectStore at(Path root) {
        return new FileObjectStore(root.toAbsolutePath().normalize());
    }

    @Override
    public PutOutcome putIfAbsent(ObjectKey key, byte[] content) throws RepositoryException {
        Path file = path(key);
        // Spares writing what is there already, as shared maps often are. The link decides in any case.
        if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            return exists(key, file);
        }
        try (ObjectUpload upload = upload(key)) {
            upload.write(content, 0, content.length);
            return upload.commit();
        }
    }

    @Override
    public ObjectUpload upload(ObjectKey key) throws RepositoryException {
        try {
            Path uploads = root.resolve(UPLOADS);
            createDirectories(uploads);
            if (swept.compareAndSet(false, true)) {
                removeLeftovers(uploads);
            }
            return new FileObjectUpload(this, key, Files.createTempFile(uploads, "upload-", ""));
        } catch (IOException e) {
            throw FileSystemFailures.classify(e, doing("Writing", key));
        }
    }

    /** Ages are told by the file system's own clock, which may be another host's: that of a file made just now. */
    private static void removeLeftovers(Path uploads) throws IOException {
        Path fresh = Files.createTempFile(uploads, "now-", "");
        FileTime now = Files.getLastModifiedTime(fresh);
        Files.delete(fresh);
        Instant oldest = now.toInstant().minus(LEFTOVER);
        try (DirectoryStream<Path> found = Files.newDirectoryStream(uploads)) {
            for (Path each : found) {
                removeIfOlder(each, oldest);
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
    }

    private static void removeIfOlder(Path file, Instant oldest) {
        try {
            if (Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS)
                    .toInstant()
                    .isBefore(oldest)) {
                Files.deleteIfExists(file);
                LOG.info("{}, left by an upload that ended a week ago or more, was removed", file);
            }
        } catch (IOException e) {
            LOG.warn("{} could not be removed; it is in nobody's way and may be deleted", file, e);
        }
    }

    /** Gives a written and synced temporary file its name. */
    PutOutcome link(Path temporary, ObjectKey key) throws RepositoryException {
        Path file = path(key);
        try {
            createDirectories(parentOf(file));
            Files.createLink(file, temporary);
            syncDirectory(parentOf(file));
            return PutOutcome.CREATED;
        } catch (FileAlreadyExistsException e) {
            if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                throw FileSystemFailures.classify(e, doing("Writing", key));
            }
            return exists(key, file);
        } catch (UnsupportedOperationException e) {
            throw new RepositoryException.Unusable(
                    doing("Writing", key) + " failed: this file system has no hard links.",
                    "put the repository on a file system that has them, such as ext4, xfs or NFS.",
                    e);
        } catch (IOException e) {
            throw FileSystemFailures.classify(e, doing("Writing", key));
        }
    }

    /** Whoever created the object may not have synced its name yet; what is reported as there must stay there. */
    private PutOutcome exists(ObjectKey key, Path file) throws RepositoryException {
        try {
            syncDirectory(parentOf(file));
            return PutOutcome.EXISTS;
        } catch (IOException e) {
            throw FileSystemFailures.classify(e, doing("Writing", key));
        }
    }

    @Override
    public InputStream open(ObjectKey key) throws RepositoryException {
        return open(key, 0, Long.MAX_VALUE);
    }

    @Override
    public InputStream open(ObjectKey key, long offset, long length) throws RepositoryException {
        if (offset < 0 || length < 0) {
            throw new IllegalArgumentException("Not a range: " + offset + ", " + length);
        }
        Path file = path(key);
        try {
            if (Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
                throw new NoSuchFileException(file.toString());
            }
            FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
            channel.position(offset);
            return new FileRangeStream(channel, length, doing("Reading", key));
        } catch (NoSuchFileException e) {
            throw notFound(key, e);
        } catch (IOException e) {
            throw FileSystemFailures.classify(e, doing("Reading", key));
        }
    }

    private RepositoryException.NotFound notFound(ObjectKey key, IOException cause) {
        return new RepositoryException.NotFound(
                "There is no object " + key + " in " + describe() + ".",
                "check the repository's address, and that its file system is mounted.",
                cause);
    }

    @Override
    public Optional<StoredObject> head(ObjectKey key) throws RepositoryException {
        try {
            BasicFileAttributes found =
                    Files.readAttributes(path(key), BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            return found.isRegularFile() ? Optional.of(new StoredObject(key, found.size())) : Optional.empty();
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            if (isBelowAFile(key)) {
                return Optional.empty();
            }
            throw FileSystemFailures.classify(e, doing("Looking at", key));
        }
    }

    /** Asking for {@code a/b} where {@code a} is a file is an error to the operating system. */
    private boolean isBelowAFile(ObjectKey key) {
        for (Path above = path(key).getParent(); above != null && above.startsWith(root); above = above.getParent()) {
            if (Files.isRegularFile(above, LinkOption.NOFOLLOW_LINKS)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public Listing list(String prefix, Optional<ObjectKey> startAfter) throws RepositoryException {
        return new FileListing(root, prefix, startAfter.map(ObjectKey::value).orElse(""), describe());
    }

    @Override
    public boolean delete(ObjectKey key) throws RepositoryException {
        Path file = path(key);
        try {
            if (Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS) || !Files.deleteIfExists(file)) {
                return false;
            }
            syncDirectory(parentOf(file));
            removeEmptyDirectories(parentOf(file));
            return true;
        } catch (IOException e) {
            throw FileSystemFailures.classify(e, doing("Deleting", key));
        }
    }

    private void removeEmptyDirectories(Path from) throws IOException {
        for (Path directory = from; !directory.equals(root); directory = parentOf(directory)) {
            try {
                Files.delete(directory);
            } catch (DirectoryNotEmptyException | NoSuchFileException e) {
                return;
            }
        }
    }

    @Override
    public String describe() {
        return root.toUri().toString();
    }

    @Override
    public void close() {}

    String doing(String verb, ObjectKey key) {
        return verb + " " + key + " in " + describe();
    }

    private Path path(ObjectKey key) {
        return root.resolve(key.value());
    }

    private static Path parentOf(Path path) {
        Path parent = path.getParent();
        if (parent == null) {
            throw new IllegalArgumentException("The root of the file system cannot be used: " + path);
        }
        return parent;
    }

    /** Makes missing directories, each durable in the one above it. */
    private static void createDirectories(Path directory) throws IOException {
        if (Files.isDirectory(directory)) {
            return;
        }
        Path parent = parentOf(directory);
        createDirectories(parent);
        try {
            Files.createDirectory(directory);
        } catch (FileAlreadyExistsException e) {
            // Made by somebody else at the same moment; if it is a file, what follows says so.
            if (!Files.isDirectory(directory)) {
                throw e;
            }
        }
        syncDirectory(parent);
    }

    private static void syncDirectory(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
