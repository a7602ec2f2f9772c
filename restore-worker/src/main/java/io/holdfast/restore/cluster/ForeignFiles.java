package io.holdfast.restore.cluster;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Set;

/**
 * Reads files in a restored data directory, in which the server's user may put what he likes while the worker, who may be
 * root, looks: no link is followed on the way down from the data directory, and nothing but a regular file is read. A pipe
 * does not hold the reader up: it is opened for writing too, which does not wait for anybody, and cannot be positioned in.
 */
public final class ForeignFiles {
    private static final Set<OpenOption> AT_ONCE =
            Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);

    private ForeignFiles() {}

    /**
     * The end of a file.
     *
     * @param file below the data directory
     * @param most how many bytes
     */
    public static byte[] tail(Path dataDirectory, Path file, int most) throws IOException {
        try (SeekableByteChannel channel = open(dataDirectory, file)) {
            channel.position(Math.max(0, channel.size() - most));
            return Channels.newInputStream(channel).readNBytes(most);
        }
    }

    /** A file that is not long. */
    public static byte[] read(Path dataDirectory, Path file, int longest) throws IOException {
        try (InputStream in = from(dataDirectory, file, 0)) {
            byte[] all = in.readNBytes(longest + 1);
            if (all.length > longest) {
                throw new IOException(file + " is longer than " + longest + " bytes");
            }
            return all;
        }
    }

    /** What is behind a byte of a file. */
    public static InputStream from(Path dataDirectory, Path file, long first) throws IOException {
        SeekableByteChannel channel = open(dataDirectory, file);
        boolean kept = false;
        try {
            channel.position(first);
            kept = true;
            return new BufferedInputStream(Channels.newInputStream(channel));
        } finally {
            if (!kept) {
                channel.close();
            }
        }
    }

    private static SeekableByteChannel open(Path dataDirectory, Path file) throws IOException {
        try (DirectoryStream<Path> top = Files.newDirectoryStream(dataDirectory)) {
            if (!(top instanceof SecureDirectoryStream<Path> secure)) {
                throw new IOException(dataDirectory + ": this file system offers no safe way of going down a tree");
            }
            return open(secure, dataDirectory.relativize(file));
        }
    }

    private static SeekableByteChannel open(SecureDirectoryStream<Path> directory, Path below) throws IOException {
        Path name = below.getName(0);
        if (below.getNameCount() > 1) {
            try (SecureDirectoryStream<Path> inner = directory.newDirectoryStream(name, LinkOption.NOFOLLOW_LINKS)) {
                return open(inner, below.subpath(1, below.getNameCount()));
            }
        }
        BasicFileAttributes attributes = directory
                .getFileAttributeView(name, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                .readAttributes();
        if (!attributes.isRegularFile()) {
            throw new IOException(name + " is not a regular file");
        }
        return directory.newByteChannel(name, AT_ONCE);
    }
}
