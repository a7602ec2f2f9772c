package io.holdfast.restore.physical;

import io.holdfast.restore.cluster.RunAs;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;
import org.jspecify.annotations.Nullable;

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
            if (!(stream instanceof SecureDirectoryStream<Path> secure)) {
                throw new IOException(directory + ": this file system offers no safe way of removing a tree");
            }
            removeContents(secure);
        }
    }

    private static void removeContents(SecureDirectoryStream<Path> directory) throws IOException {
        for (Path entry : directory) {
            Path name = entry.getFileName();
            BasicFileAttributes attributes = directory
                    .getFileAttributeView(name, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                    .readAttributes();
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

    /** Makes a tree the server's own: PostgreSQL wants its data directory to be nobody else's. The top comes last. */
    static void give(Path top, RunAs runAs) throws IOException {
        Files.walkFileTree(top, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                runAs.give(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException e) throws IOException {
                if (e != null) {
                    throw e;
                }
                if (directory.equals(top)) {
                    Files.setPosixFilePermissions(directory, OWNER_ONLY);
                }
                runAs.give(directory);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
