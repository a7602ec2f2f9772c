package io.holdfast.repository.read;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Set;

/** A file being restored. It gets its mode and time when it is complete. */
final class RestoredFile implements AutoCloseable {
    private static final ByteBuffer ZEROS = ByteBuffer.allocateDirect(1 << 20).asReadOnlyBuffer();

    private final Path path;
    private final int mode;
    private final Instant modified;
    private final FileChannel channel;

    private RestoredFile(Path path, int mode, Instant modified, FileChannel channel) {
        this.path = path;
        this.mode = mode;
        this.modified = modified;
        this.channel = channel;
    }

    /** A new file; one that exists is an error. */
    static RestoredFile create(Path path, int mode, Instant modified) throws IOException {
        FileChannel channel = FileChannel.open(
                path,
                Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW),
                PosixFilePermissions.asFileAttribute(permissions(0600)));
        return new RestoredFile(path, mode, modified, channel);
    }

    void write(byte[] bytes, int offset, int length) throws IOException {
        ByteBuffer rest = ByteBuffer.wrap(bytes, offset, length);
        while (rest.hasRemaining()) {
            channel.write(rest);
        }
    }

    /** Zeros are written, not left out: a hole could find the disk full later, when the server writes to it. */
    void writeZeros(long count) throws IOException {
        for (long rest = count; rest > 0; ) {
            ByteBuffer zeros = ZEROS.duplicate();
            zeros.limit((int) Math.min(rest, zeros.capacity()));
            rest -= channel.write(zeros);
        }
    }

    /** The nine permission bits; set-user-id and its kind are left out. */
    static Set<PosixFilePermission> permissions(int mode) {
        Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
        PosixFilePermission[] fromHighest = PosixFilePermission.values();
        for (int i = 0; i < fromHighest.length; i++) {
            if ((mode & (0400 >> i)) != 0) {
                permissions.add(fromHighest[i]);
            }
        }
        return permissions;
    }

    @Override
    public void close() throws IOException {
        channel.close();
        Files.setPosixFilePermissions(path, permissions(mode));
        Files.setLastModifiedTime(path, FileTime.from(modified));
    }
}
