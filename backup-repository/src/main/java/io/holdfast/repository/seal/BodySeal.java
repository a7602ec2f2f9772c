package io.holdfast.repository.seal;

import io.holdfast.repository.encoding.ObjectHeader;
import io.holdfast.repository.store.ObjectKey;
import java.io.ByteArrayOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** Makes objects, sealed with one key or not sealed at all. Safe for use by several threads. */
public final class BodySeal {
    /** Seals nothing. */
    public static final BodySeal NONE = new BodySeal(null, byte[]::new);

    private final @Nullable SealingKey key;
    private final IntFunction<byte[]> random;

    private BodySeal(@Nullable SealingKey key, IntFunction<byte[]> random) {
        this.key = key;
        this.random = random;
    }

    /** Seals with this key; not at all if there is none. */
    public static BodySeal with(Optional<SealingKey> key, PlaceKeys keys) {
        return key.isEmpty() ? NONE : new BodySeal(key.get(), keys::random);
    }

    /** The key, if there is one. */
    public Optional<SealingKey> key() {
        return Optional.ofNullable(key);
    }

    /** A new header for an object. */
    public ObjectHeader header(ObjectHeader.Type type) {
        return key == null
                ? ObjectHeader.plain(type)
                : ObjectHeader.sealed(type, key.id().bytes(), random.apply(ObjectHeader.SALT_LENGTH));
    }

    /**
     * Writes a body.
     *
     * @param header made for this one object by {@link #header}
     * @param name where the object will lie
     * @return takes the plain bytes; closing it ends the body and leaves {@code out} open
     */
    public OutputStream body(ObjectHeader header, ObjectKey name, OutputStream out) {
        OutputStream open = new LeftOpen(out);
        return key == null ? open : new SealedOutputStream(open, key.objectKey(header, name));
    }

    /** A whole object. */
    public byte[] object(ObjectHeader.Type type, ObjectKey name, byte[] body) {
        ObjectHeader header = header(type);
        ByteArrayOutputStream object = new ByteArrayOutputStream(ObjectHeader.LENGTH + body.length + Segments.PLAIN);
        object.writeBytes(header.bytes());
        try (OutputStream out = body(header, name, object)) {
            out.write(body);
        } catch (IOException e) {
            throw new UncheckedIOException("Writing to memory failed", e);
        }
        return object.toByteArray();
    }

    /** What the frames of an attempt are sealed with, if anything is. */
    public Optional<FrameSealing> frames(String prefix) {
        if (key == null) {
            return Optional.empty();
        }
        ObjectHeader header = header(ObjectHeader.Type.PACK);
        return Optional.of(new FrameSealing(header, key.frameKey(header, prefix)));
    }

    /** Whatever wraps this may be closed. */
    private static final class LeftOpen extends FilterOutputStream {
        LeftOpen(OutputStream out) {
            super(out);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            out.write(bytes, offset, length);
        }

        @Override
        public void close() throws IOException {
            flush();
        }
    }
}
