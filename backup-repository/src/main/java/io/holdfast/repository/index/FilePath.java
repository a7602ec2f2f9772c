package io.holdfast.repository.index;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The path of a file within a backup: UTF-8, relative, segments joined by {@code /}. Any characters may occur, also
 * newlines and quotes, except NUL; no segment is empty, {@code .} or {@code ..}, so that a path never leaves the
 * directory it is restored to.
 *
 * @param value at most 4096 bytes as UTF-8, each segment at most 255
 */
public record FilePath(@JsonValue String value) implements Comparable<FilePath> {
    private static final int LONGEST = 4096;
    private static final int LONGEST_SEGMENT = 255;

    @JsonCreator
    public FilePath {
        if (value.isEmpty() || !isUnicode(value) || value.getBytes(StandardCharsets.UTF_8).length > LONGEST) {
            throw refused(value);
        }
        for (String segment : value.split("/", -1)) {
            if (segment.isEmpty()
                    || segment.equals(".")
                    || segment.equals("..")
                    || segment.indexOf('\0') >= 0
                    || segment.getBytes(StandardCharsets.UTF_8).length > LONGEST_SEGMENT) {
                throw refused(value);
            }
        }
    }

    /**
     * A path as tar archives and the replication protocol write it: repeated slashes, {@code ./} and a trailing slash are
     * dropped.
     *
     * @throws IllegalArgumentException if it is absolute, has a {@code ..}, or nothing remains
     */
    public static FilePath normalised(String path) {
        if (path.startsWith("/")) {
            throw refused(path);
        }
        List<String> kept = new ArrayList<>();
        for (String segment : path.split("/", -1)) {
            if (!segment.isEmpty() && !segment.equals(".")) {
                kept.add(segment);
            }
        }
        return new FilePath(String.join("/", kept));
    }

    /**
     * A path from its bytes.
     *
     * @throws IllegalArgumentException if they are not UTF-8 or not a path
     */
    public static FilePath ofUtf8(byte[] bytes) {
        try {
            return new FilePath(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString());
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("A file's name is not UTF-8. HINT: rename the file.", e);
        }
    }

    /** The path as bytes. */
    public byte[] utf8() {
        return value.getBytes(StandardCharsets.UTF_8);
    }

    /** The segments. */
    public List<String> segments() {
        return List.of(value.split("/", -1));
    }

    /** Whether this is {@code ancestor} or lies below it. */
    public boolean startsWith(FilePath ancestor) {
        return value.equals(ancestor.value) || value.startsWith(ancestor.value + "/");
    }

    private static boolean isUnicode(String text) {
        return StandardCharsets.UTF_8.newEncoder().canEncode(text);
    }

    private static IllegalArgumentException refused(String path) {
        String shown = path.length() > 200 ? path.substring(0, 200) + "…" : path;
        return new IllegalArgumentException("Not a path within a backup: \"" + shown
                + "\" HINT: paths are relative, without empty segments, '.', '..' or NUL.");
    }

    @Override
    public int compareTo(FilePath other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
