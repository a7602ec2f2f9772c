package io.holdfast.repository.store;

import io.holdfast.repository.RepositoryException;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * Walks directories in the order of the keys. A directory counts as its name with {@code /} behind it, so that {@code
 * a.b} comes before {@code a/b} as it does in every object store. Holds the names of one directory per level.
 */
final class FileListing implements ObjectStore.Listing {
    private final Path root;
    private final String prefix;
    private final String startAfter;
    private final String store;
    private final Deque<Deque<String>> levels = new ArrayDeque<>();
    private @Nullable StoredObject next;

    FileListing(Path root, String prefix, String startAfter, String store) throws RepositoryException {
        this.root = root;
        this.prefix = prefix;
        this.startAfter = startAfter;
        this.store = store;
        // Begin at the deepest directory that the prefix names, not at the top.
        enter(prefix.substring(0, prefix.lastIndexOf('/') + 1));
    }

    @Override
    public boolean hasNext() throws RepositoryException {
        while (next == null && !levels.isEmpty()) {
            String name = levels.element().poll();
            if (name == null) {
                levels.remove();
            } else if (name.endsWith("/")) {
                enter(name);
            } else {
                next = look(name);
            }
        }
        return next != null;
    }

    @Override
    public StoredObject next() throws RepositoryException {
        if (!hasNext() || next == null) {
            throw new NoSuchElementException("No more objects");
        }
        StoredObject found = next;
        next = null;
        return found;
    }

    /** Puts the wanted names of a directory (empty or ending in a slash) on the stack, as whole keys. */
    private void enter(String directory) throws RepositoryException {
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> children = Files.newDirectoryStream(root.resolve(directory))) {
            for (Path child : children) {
                String name = directory + child.getFileName();
                if (isKey(name)) {
                    String key = Files.isDirectory(child, LinkOption.NOFOLLOW_LINKS) ? name + "/" : name;
                    if (isWanted(key)) {
                        names.add(key);
                    }
                }
            }
        } catch (NoSuchFileException | NotDirectoryException e) {
            return; // removed meanwhile, or never there: nothing to list
        } catch (DirectoryIteratorException e) {
            throw FileSystemFailures.classify(
                    new IOException(e.getMessage(), e), "Listing " + directory + " in " + store);
        } catch (IOException e) {
            throw FileSystemFailures.classify(e, "Listing " + directory + " in " + store);
        }
        Collections.sort(names);
        levels.push(new ArrayDeque<>(names));
    }

    private boolean isWanted(String key) {
        if (key.endsWith("/")) {
            return (key.startsWith(prefix) || prefix.startsWith(key))
                    && (key.compareTo(startAfter) > 0 || startAfter.startsWith(key));
        }
        return key.startsWith(prefix) && key.compareTo(startAfter) > 0;
    }

    /** Files that no store would have made, such as an editor's or the uploads, are not objects. */
    private static boolean isKey(String name) {
        try {
            return !new ObjectKey(name).value().isEmpty();
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private @Nullable StoredObject look(String key) throws RepositoryException {
        try {
            BasicFileAttributes found =
                    Files.readAttributes(root.resolve(key), BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            return found.isRegularFile() ? new StoredObject(new ObjectKey(key), found.size()) : null;
        } catch (NoSuchFileException e) {
            return null; // removed meanwhile
        } catch (IOException e) {
            throw FileSystemFailures.classify(e, "Listing " + key + " in " + store);
        }
    }
}
