package io.holdfast.restore.physical;

import io.holdfast.restore.cluster.RunAs;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;

/** What is done to whole trees of files. Links are never followed. */
final class FileTree {
    private static final Set<PosixFilePermission> OWNER_ONLY =
            Set.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE, PosixFilePermission.OWNER_EXECUTE);

    private FileTree() {}

    /**
     * Removes everything in a directory, but not the directory. It goes down by open directories, not by names, so that
     * nobody who can rename things in the tree leads it elsewhere.
     */
    static void removeContents(Path directory) throws IOException {
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
            removeContents(secure(stream, directory));
        }
    }

    private static void removeContents(SecureDirectoryStream<Path> directory) throws IOException {
        for (Path entry : directory) {
            Path name = entry.getFileName();
            BasicFileAttributes attributes = attributes(directory, name);
            if (attributes.isDirectory()) {
                try (SecureDirectoryStream<Path> inner =
                        directory.newDirectoryStream(name, LinkOption.NOFOLLOW_LINKS)) {
                    removeContents(inner);
                }
                directory.deleteDirectory(name);
            } else {
                directory.deleteFile(name);
            }
        }
    }

    /** Makes the top of a tree ours alone, so that nobody else reaches anything in it. */
    static void take(Path top, RunAs runAs) throws IOException {
        runAs.take(top);
        Files.setPosixFilePermissions(top, OWNER_ONLY);
    }

    static boolean isEmpty(Path directory) throws IOException {
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
            return !stream.iterator().hasNext();
        }
    }

    /**
     * Makes a tree the server's own: PostgreSQL wants its data directory to be nobody else's. The top comes last. Goes down
     * by open directories; each is ours, with nobody else in it, until all in it is given.
     */
    static void give(Path top, RunAs runAs) throws IOException {
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(top)) {
            SecureDirectoryStream<Path> directory = secure(stream, top);
            give(directory, top, runAs);
            PosixFileAttributeView view = directory.getFileAttributeView(PosixFileAttributeView.class);
            view.setPermissions(OWNER_ONLY);
            runAs.give(view);
        }
    }

    private static void give(SecureDirectoryStream<Path> directory, Path at, RunAs runAs) throws IOException {
        for (Path entry : directory) {
            Path name = entry.getFileName();
            BasicFileAttributes attributes = attributes(directory, name);
            if (attributes.isDirectory()) {
                try (SecureDirectoryStream<Path> inner =
                        directory.newDirectoryStream(name, LinkOption.NOFOLLOW_LINKS)) {
                    give(inner, at.resolve(name), runAs);
                    runAs.give(inner.getFileAttributeView(PosixFileAttributeView.class));
                }
            } else if (attributes.isRegularFile()) {
                runAs.give(
                        directory.getFileAttributeView(name, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS));
            } else {
                runAs.give(at.resolve(name)); // a link cannot be opened
            }
        }
    }

    private static BasicFileAttributes attributes(SecureDirectoryStream<Path> directory, Path name) throws IOException {
        return directory
                .getFileAttributeView(name, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                .readAttributes();
    }

    private static SecureDirectoryStream<Path> secure(DirectoryStream<Path> stream, Path directory) throws IOException {
        if (stream instanceof SecureDirectoryStream<Path> secure) {
            return secure;
        }
        throw new IOException(directory + ": this file system offers no safe way of going down a tree");
    }
}
