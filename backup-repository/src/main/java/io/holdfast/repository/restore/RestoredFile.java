package io.holdfast.repository.restore;

import io.holdfast.repository.content.PresentRuns;
import io.holdfast.repository.map.PageHasher;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A file being restored, by several threads if it has several parts. It gets its mode and time when the last part is done.
 * Safe for use by several threads.
 */
final class RestoredFile implements AutoCloseable {
    private static final ByteBuffer ZEROS = ByteBuffer.allocateDirect(1 << 20).asReadOnlyBuffer();

    private final Path path;
    private final int mode;
    private final Instant modified;
    private final FileChannel channel;
    private final AtomicInteger partsLeft;
    private final long present;

    private RestoredFile(Path path, int mode, Instant modified, FileChannel channel, int parts, long present) {
        this.present = present;
        this.partsLeft = new AtomicInteger(parts);
        this.path = path;
        this.mode = mode;
        this.modified = modified;
        this.channel = channel;
    }

    /**
     * A new file; one that exists is an error.
     *
     * @param parts how many times {@link #endPart} will be called, at least once
     */
    static RestoredFile create(Path path, int mode, Instant modified, int parts) throws IOException {
        FileChannel channel = FileChannel.open(
                path,
                Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW),
                PosixFilePermissions.asFileAttribute(permissions(0600)));
        return new RestoredFile(path, mode, modified, channel, parts, 0);
    }

    /**
     * A file that may be there already; what is behind its new length is cut off. One that has other names beside is left
     * to them and made anew: they may be somebody's copy.
     *
     * @param length that it will have
     * @param parts how many times {@link #endPart} will be called, at least once
     */
    static RestoredFile over(Path path, int mode, Instant modified, long length, int parts) throws IOException {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return create(path, mode, modified, parts);
        }
        if (!Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)
                || !Integer.valueOf(1).equals(Files.getAttribute(path, "unix:nlink", LinkOption.NOFOLLOW_LINKS))) {
            Files.delete(path);
            return create(path, mode, modified, parts);
        }
        FileChannel channel = openPresent(path);
        boolean kept = false;
        try {
            long size = channel.size();
            if (size > length) {
                channel.truncate(length);
            }
            kept = true;
            return new RestoredFile(path, mode, modified, channel, parts, Math.min(size, length));
        } finally {
            if (!kept) {
                channel.close();
            }
        }
    }

    private static FileChannel openPresent(Path path) throws IOException {
        Set<OpenOption> options = Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
        try {
            return FileChannel.open(path, options);
        } catch (AccessDeniedException closed) {
            // Its owner may have closed it to himself.
            Files.setPosixFilePermissions(path, permissions(0600));
            return FileChannel.open(path, options);
        }
    }

    /** What it held before. */
    PresentRuns present(PageHasher hasher) {
        return PresentRuns.in(channel, present, hasher);
    }

    void write(long position, byte[] bytes, int offset, int length) throws IOException {
        ByteBuffer rest = ByteBuffer.wrap(bytes, offset, length);
        for (long at = position; rest.hasRemaining(); ) {
            at += channel.write(rest, at);
        }
    }

    /** Zeros are written, not left out: a hole could find the disk full later, when the server writes to it. */
    void writeZeros(long position, long count) throws IOException {
        for (long at = position; at < position + count; ) {
            ByteBuffer zeros = ZEROS.duplicate();
            zeros.limit((int) Math.min(position + count - at, zeros.capacity()));
            at += channel.write(zeros, at);
        }
    }

    /**
     * A part is done; the last one completes the file.
     *
     * @return whether it was the last
     */
    boolean endPart() throws IOException {
        boolean last = partsLeft.decrementAndGet() == 0;
        if (last) {
            channel.close();
            describe();
        }
        return last;
    }

    /** Only what is another one is set: a file that nothing was done to costs nothing to sync. */
    private void describe() throws IOException {
        setPermissions(path, permissions(mode));
        FileTime time = FileTime.from(modified);
        if (!Files.getLastModifiedTime(path, LinkOption.NOFOLLOW_LINKS).equals(time)) {
            Files.setLastModifiedTime(path, time);
        }
    }

    /** Sets them where they are others; set-user-id and its kind go in any case. */
    static void setPermissions(Path path, Set<PosixFilePermission> wanted) throws IOException {
        Object bits = Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
        boolean special = !(bits instanceof Integer all) || (all & 07000) != 0;
        if (special
                || !Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS)
                        .equals(wanted)) {
            Files.setPosixFilePermissions(path, wanted);
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

    /** Lets go of it, complete or not. */
    @Override
    public void close() throws IOException {
        channel.close();
    }
}
