package io.holdfast.verifier.verification;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.holdfast.repository.wal.Lsn;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * PostgreSQL's own {@code backup_manifest}, read entry by entry. For one thread.
 *
 * @see <a href="https://www.postgresql.org/docs/current/backup-manifest-format.html">Backup manifest format</a>
 */
final class ServerManifest implements AutoCloseable {

    private static final JsonFactory JSON = new JsonFactory();
    /** The line with the manifest's own checksum is the last, and shorter. */
    private static final int TAIL = 256;

    private final JsonParser parser;
    private final List<WalRange> walRanges = new ArrayList<>();

    private ServerManifest(JsonParser parser) {
        this.parser = parser;
    }

    /**
     * A file that PostgreSQL sent.
     *
     * @param path      within the data directory
     * @param algorithm of the checksum; none if it was made without
     * @param checksum  hexadecimal digits
     */
    record ListedFile(
            String path,
            long size,
            @Nullable String algorithm,
            @Nullable String checksum) {}

    /** WAL that is needed. */
    record WalRange(int timeline, Lsn start, Lsn end) {}

    /** It cannot be read as what it should be. */
    static final class BadManifestException extends IOException {
        private static final long serialVersionUID = 1L;

        BadManifestException(String what) {
            super(what);
        }
    }

    static ServerManifest read(InputStream content) throws IOException {
        return new ServerManifest(JSON.createParser(content));
    }

    /**
     * Reads all of it and compares its own checksum, SHA-256 over all lines but the last.
     *
     * @throws BadManifestException if that is wrong or missing
     */
    static void requireOwnChecksum(InputStream content) throws IOException {
        MessageDigest digest = sha256();
        byte[] tail = new byte[0];
        byte[] buffer = new byte[64 * 1024];
        for (int length = content.read(buffer); length >= 0; length = content.read(buffer)) {
            byte[] joined = Arrays.copyOf(tail, tail.length + length);
            System.arraycopy(buffer, 0, joined, tail.length, length);
            int counted = Math.max(0, joined.length - TAIL);
            digest.update(joined, 0, counted);
            tail = Arrays.copyOfRange(joined, counted, joined.length);
        }
        String text = new String(tail, StandardCharsets.ISO_8859_1);
        int line = text.lastIndexOf("\"Manifest-Checksum\"");
        if (line < 0) {
            throw new BadManifestException("it is cut short: its own checksum is missing");
        }
        digest.update(tail, 0, line);
        String stated = text.substring(line).replaceAll("(?s)^\"Manifest-Checksum\"\\s*:\\s*\"([0-9a-f]*)\".*$", "$1");
        if (!stated.equals(HexFormat.of().formatHex(digest.digest()))) {
            throw new BadManifestException("its own checksum is wrong");
        }
    }

    /** The next file; empty after the last one. */
    Optional<ListedFile> next() throws IOException {
        try {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (token == JsonToken.START_OBJECT
                        && parser.getParsingContext().inObject()) {
                    String list = listName();
                    if (list.equals("Files")) {
                        return Optional.of(file(object()));
                    }
                    if (list.equals("WAL-Ranges")) {
                        walRanges.add(walRange(object()));
                    }
                }
            }
            return Optional.empty();
        } catch (JsonProcessingException e) {
            throw new BadManifestException("it is not JSON: " + e.getOriginalMessage());
        } catch (IllegalArgumentException e) {
            throw new BadManifestException("it has an entry that cannot be understood");
        }
    }

    /** The WAL that it says is needed; complete once {@link #next} has answered with nothing. */
    List<WalRange> walRanges() {
        return walRanges;
    }

    @Override
    public void close() throws IOException {
        parser.close();
    }

    private String listName() {
        var list = parser.getParsingContext().getParent();
        return list == null || list.getParent() == null
                ? ""
                : String.valueOf(list.getParent().getCurrentName());
    }

    private Map<String, String> object() throws IOException {
        Map<String, String> fields = new HashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            JsonToken value = parser.nextToken();
            if (name == null || value == null || !value.isScalarValue()) {
                throw new BadManifestException("it has an entry that cannot be understood");
            }
            fields.put(name, parser.getText());
        }
        return fields;
    }

    private static ListedFile file(Map<String, String> fields) throws BadManifestException {
        String path = fields.get("Path");
        String encoded = fields.get("Encoded-Path");
        if (path == null && encoded != null) {
            path = new String(HexFormat.of().parseHex(encoded), StandardCharsets.UTF_8);
        }
        String size = fields.get("Size");
        if (path == null || size == null) {
            throw new BadManifestException("it has a file without a path or size");
        }
        return new ListedFile(path, Long.parseLong(size), fields.get("Checksum-Algorithm"), fields.get("Checksum"));
    }

    private static WalRange walRange(Map<String, String> fields) throws BadManifestException {
        String timeline = fields.get("Timeline");
        String start = fields.get("Start-LSN");
        String end = fields.get("End-LSN");
        if (timeline == null || start == null || end == null) {
            throw new BadManifestException("it has a stretch of WAL without its bounds");
        }
        return new WalRange(Integer.parseUnsignedInt(timeline), Lsn.parse(start), Lsn.parse(end));
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
