package io.holdfast.repository.restore;

import io.holdfast.repository.index.FilePath;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.UserPrincipal;
import java.util.Set;

/**
 * Removes from directories what a backup does not have: other files, everything of another kind than the backup's entry,
 * and every link, since links are made at the end. Goes down by open directories and follows no link, so nothing outside
 * is touched. Directories that stay are made ours before they are looked into, so that nobody else's process that stands in
 * one can put a link there later. For one thread.
 */
final class StrayFiles {
    private final KnownPaths known;
    private final Set<FilePath> redirected;
    private final UserPrincipal owner;
    private long removed;

    /** @param owner to whom directories are to belong: ourselves */
    StrayFiles(KnownPaths known, Set<FilePath> redirected, UserPrincipal owner) {
        this.owner = owner;
        this.known = known;
        this.redirected = redirected;
    }

    /** How many files so far; links that the backup has as well do not count, nor do directories. */
    long removed() {
        return removed;
    }

    /** Clears the directory that a backup is restored into. */
    void removeBelow(Path root) throws IOException {
        try (DirectoryStream<Path> top = Files.newDirectoryStream(root)) {
            clear(secure(top, root), root, "", false);
        }
    }

    /** Clears the directory of a redirected path; names at its top that are not in the backup stay. */
    void removeBelow(FilePath path, Path directory) throws IOException {
        try (DirectoryStream<Path> top = Files.newDirectoryStream(directory)) {
            clear(secure(top, directory), directory, path.value() + "/", true);
        }
    }

    private void clear(SecureDirectoryStream<Path> directory, Path at, String prefix, boolean shared)
            throws IOException {
        for (Path entry : directory) {
            Path name = entry.getFileName();
            String path = prefix + name;
            BasicFileAttributes attributes = attributes(directory, name);
            boolean stays = !isRedirected(path)
                    && (attributes.isDirectory()
                            ? known.hasDirectory(path)
                            : attributes.isRegularFile() && known.hasFile(path));
            if (stays && attributes.isDirectory()) {
                try (SecureDirectoryStream<Path> inner = open(directory, at, name)) {
                    take(inner);
                    clear(inner, at.resolve(name), path + "/", false);
                }
            } else if (!stays && !(shared && isForeign(path))) {
                boolean made = attributes.isSymbolicLink() && known.hasLink(path);
                remove(directory, at, name, attributes, !made);
            }
        }
    }

    private void take(SecureDirectoryStream<Path> directory) throws IOException {
        PosixFileAttributeView view = directory.getFileAttributeView(PosixFileAttributeView.class);
        if (!view.getOwner().equals(owner)) {
            view.setOwner(owner);
        }
        view.setPermissions(RestoredFile.permissions(0700));
    }

    private boolean isForeign(String path) {
        return !known.hasDirectory(path) && !known.hasFile(path) && !known.hasLink(path);
    }

    private boolean isRedirected(String path) {
        return redirected.stream().anyMatch(each -> each.value().equals(path));
    }

    private void remove(
            SecureDirectoryStream<Path> directory, Path at, Path name, BasicFileAttributes attributes, boolean counted)
            throws IOException {
        if (attributes.isDirectory()) {
            try (SecureDirectoryStream<Path> inner = open(directory, at, name)) {
                for (Path entry : inner) {
                    Path child = entry.getFileName();
                    remove(inner, at.resolve(name), child, attributes(inner, child), counted);
                }
            }
            directory.deleteDirectory(name);
        } else {
            directory.deleteFile(name);
            removed += counted ? 1 : 0;
        }
    }

    private static BasicFileAttributes attributes(SecureDirectoryStream<Path> directory, Path name) throws IOException {
        return directory
                .getFileAttributeView(name, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                .readAttributes();
    }

    private static SecureDirectoryStream<Path> open(SecureDirectoryStream<Path> directory, Path at, Path name)
            throws IOException {
        try {
            return directory.newDirectoryStream(name, LinkOption.NOFOLLOW_LINKS);
        } catch (AccessDeniedException closed) {
            // Its owner may have closed it to himself.
            Files.setPosixFilePermissions(at.resolve(name), RestoredFile.permissions(0700));
            return directory.newDirectoryStream(name, LinkOption.NOFOLLOW_LINKS);
        }
    }

    private static SecureDirectoryStream<Path> secure(DirectoryStream<Path> stream, Path directory) throws IOException {
        if (stream instanceof SecureDirectoryStream<Path> secure) {
            return secure;
        }
        throw new IOException(directory + ": this file system offers no safe way of removing what is in a tree");
    }
}
