package io.holdfast.repository.verify;

import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.content.Damage;
import io.holdfast.repository.content.DamageKind;
import io.holdfast.repository.content.FrameWindow;
import io.holdfast.repository.content.ReadAhead;
import io.holdfast.repository.encoding.MalformedException;
import io.holdfast.repository.encoding.ObjectHeader;
import io.holdfast.repository.encoding.Sha256;
import io.holdfast.repository.index.FilePath;
import io.holdfast.repository.manifest.BackupManifest.PackReference;
import io.holdfast.repository.map.FrameReference;
import io.holdfast.repository.seal.KeyId;
import io.holdfast.repository.store.ObjectKey;
import io.holdfast.repository.store.ObjectStore;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Reads one pack from its first byte to its last, hashing all of it, and hands out frames on the way. Frames are asked for
 * in the order in which they lie. For one thread.
 */
final class PackScan implements AutoCloseable {
    /** Large enough that handing it to another thread costs little beside hashing it. */
    private static final int PIECE = 1 << 20;

    private final ObjectStore store;
    private final ObjectKey key;
    private final PackReference expected;
    private final Optional<KeyId> expectedKey;
    private final ReadAhead ahead;
    private final MessageDigest sha256 = Sha256.digest();
    private final byte[] buffer = new byte[1 << 16];
    private final Set<FilePath> files = new LinkedHashSet<>();
    private final boolean missing;
    private final InputStream in;
    private final Optional<String> badHeader;
    private String unreadable = "";
    private long position;

    PackScan(ObjectStore store, ObjectKey key, PackReference expected, Optional<KeyId> expectedKey, ReadAhead ahead)
            throws RepositoryException {
        this.ahead = ahead;
        this.store = store;
        this.expectedKey = expectedKey;
        this.key = key;
        this.expected = expected;
        InputStream opened = new ByteArrayInputStream(new byte[0]);
        boolean absent = false;
        try {
            opened = store.open(key);
        } catch (RepositoryException.NotFound e) {
            absent = true;
        }
        in = opened;
        missing = absent;
        badHeader = missing ? Optional.empty() : readHeader();
    }

    private Optional<String> readHeader() throws RepositoryException {
        try {
            ObjectHeader header = ObjectHeader.read(ObjectHeader.Type.PACK, read(ObjectHeader.LENGTH));
            Optional<KeyId> key = header.isSealed() ? Optional.of(KeyId.of(header.key())) : Optional.empty();
            if (!key.equals(expectedKey)) {
                throw new MalformedException("it names another key than the manifest");
            }
            return Optional.empty();
        } catch (MalformedException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    /** Whether all that the manifest knows of was read. */
    boolean isAtEnd() {
        return position >= expected.length();
    }

    /** Whether a frame can still be reached by reading on. */
    boolean isAhead(FrameReference frame) {
        return frame.offset() >= position || !unreadable.isEmpty();
    }

    /** The stored bytes of a frame; fewer if the pack ends before. */
    FrameWindow.Found frame(FrameReference frame, FilePath file) throws RepositoryException {
        if (files.size() < Damage.MOST_FILES) {
            files.add(file);
        }
        if (missing) {
            return new FrameWindow.Found.Bad(DamageKind.MISSING, "the pack is missing");
        }
        skipTo(frame.offset());
        byte[] stored = position == frame.offset() ? read(frame.storedLength()) : new byte[0];
        if (!unreadable.isEmpty()) {
            return alone(frame);
        }
        return stored.length == frame.storedLength()
                ? new FrameWindow.Found.Good(stored, 0)
                : new FrameWindow.Found.Bad(
                        DamageKind.WRONG_LENGTH,
                        "the pack ends at byte " + position + ", within or before the frame at byte " + frame.offset());
    }

    /** Once the pack cannot be read any further in one go, what lies behind may still be there. */
    private FrameWindow.Found alone(FrameReference frame) throws RepositoryException {
        try (InputStream part = store.open(key, frame.offset(), frame.storedLength())) {
            byte[] stored = FrameWindow.read(part, frame.storedLength());
            return stored.length == frame.storedLength()
                    ? new FrameWindow.Found.Good(stored, 0)
                    : new FrameWindow.Found.Bad(DamageKind.WRONG_LENGTH, "the pack ends within the frame");
        } catch (RepositoryException.Damaged e) {
            return new FrameWindow.Found.Bad(DamageKind.UNREADABLE, e.what());
        } catch (RepositoryException.NotFound e) {
            return new FrameWindow.Found.Bad(DamageKind.MISSING, "the pack is missing");
        } catch (IOException e) {
            throw RepositoryException.from(e, "Reading " + key);
        }
    }

    private void skipTo(long offset) throws RepositoryException {
        while (position < offset && unreadable.isEmpty()) {
            byte[] skipped = read((int) Math.min(buffer.length, offset - position));
            if (skipped.length == 0) {
                return;
            }
        }
    }

    private byte[] read(int length) throws RepositoryException {
        if (!unreadable.isEmpty()) {
            return new byte[0];
        }
        try {
            byte[] bytes = FrameWindow.read(in, length);
            sha256.update(bytes);
            position += bytes.length;
            return bytes;
        } catch (RepositoryException.Damaged e) {
            unreadable = e.what();
            return new byte[0];
        } catch (IOException e) {
            throw RepositoryException.from(e, "Reading " + key);
        }
    }

    /** Reads the rest, hashing what is there while more is read, and says what is wrong with the pack as a whole. */
    Optional<Damage> finish() throws RepositoryException {
        if (missing) {
            return damage(DamageKind.MISSING, "the pack is missing");
        }
        if (unreadable.isEmpty()) {
            try {
                hashRest();
            } catch (RepositoryException.Damaged e) {
                unreadable = e.what();
            }
        }
        if (!unreadable.isEmpty()) {
            return damage(DamageKind.UNREADABLE, unreadable);
        }
        boolean rightDigest = Sha256.hex(sha256).equals(expected.sha256());
        if (position != expected.length()) {
            return damage(DamageKind.WRONG_LENGTH, "the pack has " + position + " bytes, not " + expected.length());
        }
        if (badHeader.isPresent()) {
            return damage(DamageKind.UNREADABLE, "the pack's header: " + badHeader.get());
        }
        return rightDigest ? Optional.empty() : damage(DamageKind.WRONG_DIGEST, "the pack's SHA-256 is another one");
    }

    private void hashRest() throws RepositoryException {
        byte[] piece = new byte[PIECE];
        byte[] next = new byte[PIECE];
        for (int count = fill(piece); count > 0; ) {
            byte[] filling = next;
            ReadAhead.Coming<Integer> coming = ahead.begin(() -> fill(filling));
            sha256.update(piece, 0, count);
            position += count;
            count = coming.get();
            next = piece;
            piece = filling;
        }
    }

    private int fill(byte[] piece) throws RepositoryException {
        try {
            return in.readNBytes(piece, 0, piece.length);
        } catch (IOException e) {
            throw RepositoryException.from(e, "Reading " + key);
        }
    }

    private Optional<Damage> damage(DamageKind kind, String detail) {
        return Optional.of(new Damage(key, List.copyOf(files), Optional.empty(), kind, detail));
    }

    long bytesRead() {
        return position;
    }

    @Override
    public void close() throws RepositoryException {
        try {
            in.close();
        } catch (IOException e) {
            throw RepositoryException.from(e, "Reading " + key);
        }
    }
}
