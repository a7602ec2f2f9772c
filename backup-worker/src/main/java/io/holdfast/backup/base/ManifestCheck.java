package io.holdfast.backup.base;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.async.ByteArrayFeeder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;

/**
 * Reads PostgreSQL's backup_manifest as it streams in and compares it with the files that came: each file in it must have
 * come with its length and checksum, and no other may have come; the manifest's own checksum must be right. For one
 * thread.
 *
 * @see <a href="https://www.postgresql.org/docs/current/backup-manifest-format.html">Backup manifest format</a>
 */
final class ManifestCheck {
    private static final JsonFactory JSON = new JsonFactory();
    /** The line with the checksum is shorter, and is the last. */
    private static final int TAIL = 256;

    private final ReceivedFiles received;
    private final JsonParser parser;
    private final ByteArrayFeeder feeder;
    private final MessageDigest digest;
    private final Map<String, String> object = new HashMap<>();
    private byte[] tail = new byte[0];
    private int depth;
    private boolean inFiles;
    private String statedChecksum = "";

    ManifestCheck(ReceivedFiles received) throws IOException {
        this.received = received;
        this.parser = JSON.createNonBlockingByteArrayParser();
        this.feeder = (ByteArrayFeeder) parser.getNonBlockingInputFeeder();
        try {
            this.digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }

    /** Takes the next bytes of the manifest; the buffer's position is left where it was. */
    void take(ByteBuffer bytes) throws IOException {
        byte[] copy = new byte[bytes.remaining()];
        bytes.get(bytes.position(), copy);
        feeder.feedInput(copy, 0, copy.length);
        read();
        // All but the last line counts for the checksum; it is known to be in the last bytes only at the end.
        byte[] joined = new byte[tail.length + copy.length];
        System.arraycopy(tail, 0, joined, 0, tail.length);
        System.arraycopy(copy, 0, joined, tail.length, copy.length);
        int counted = Math.max(0, joined.length - TAIL);
        digest.update(joined, 0, counted);
        tail = Arrays.copyOfRange(joined, counted, joined.length);
    }

    /** All bytes came: the last checks. */
    void finish() throws IOException {
        feeder.endOfInput();
        read();
        String text = new String(tail, StandardCharsets.ISO_8859_1);
        int lastLine = text.lastIndexOf("\"Manifest-Checksum\"");
        if (depth != 0 || lastLine < 0) {
            throw new MalformedStreamException("a backup manifest that is cut short");
        }
        digest.update(tail, 0, lastLine);
        if (!HexFormat.of().formatHex(digest.digest()).equals(statedChecksum)) {
            throw new MalformedStreamException("a backup manifest whose own checksum is wrong");
        }
        if (received.count() > 0) {
            throw new MalformedStreamException(received.count()
                    + " files that the backup manifest does not name, such as " + received.unclaimed());
        }
    }

    private void read() throws IOException {
        try {
            for (JsonToken token = parser.nextToken();
                    token != null && token != JsonToken.NOT_AVAILABLE;
                    token = parser.nextToken()) {
                take(token);
            }
        } catch (JsonProcessingException e) {
            throw new MalformedStreamException("a backup manifest that is not JSON");
        }
    }

    private void take(JsonToken token) throws IOException {
        switch (token) {
            case START_OBJECT, START_ARRAY -> {
                depth++;
                if (depth == 2) {
                    inFiles = "Files".equals(parser.currentName());
                }
                object.clear();
            }
            case END_OBJECT, END_ARRAY -> {
                if (depth == 3 && inFiles) {
                    compare();
                }
                depth--;
            }
            case VALUE_STRING, VALUE_NUMBER_INT -> {
                String name = String.valueOf(parser.currentName());
                if (depth == 1 && name.equals("Manifest-Checksum")) {
                    statedChecksum = parser.getText();
                } else if (depth == 3) {
                    object.put(name, parser.getText());
                }
            }
            default -> {
                // Names are asked for with their values; no other kind of value is looked at.
            }
        }
    }

    private void compare() throws IOException {
        String path = path();
        Optional<ReceivedFiles.Content> content = received.claim(path);
        if (content.isEmpty()) {
            throw new MalformedStreamException("no file " + path + ", which the backup manifest names");
        }
        String size = object.getOrDefault("Size", "");
        if (!size.equals(Long.toString(content.get().length()))) {
            throw new MalformedStreamException("the file " + path + " with "
                    + content.get().length() + " bytes instead of the " + size + " of the backup manifest");
        }
        if ("CRC32C".equals(object.get("Checksum-Algorithm")) && !sameSum(content.get())) {
            throw new MalformedStreamException(
                    "the file " + path + " with another checksum than the backup manifest says");
        }
    }

    private boolean sameSum(ReceivedFiles.Content content) {
        String stated = object.getOrDefault("Checksum", "");
        int sum = content.crc32c();
        // The server writes the number's bytes in its machine's order.
        return stated.equals(HexFormat.of().toHexDigits(Integer.reverseBytes(sum)))
                || stated.equals(HexFormat.of().toHexDigits(sum));
    }

    private String path() throws MalformedStreamException {
        String path = object.get("Path");
        if (path == null) {
            // Names that are not UTF-8 are given as "Encoded-Path"; they have been refused when they came.
            throw new MalformedStreamException("a file without a readable path in the backup manifest");
        }
        return path;
    }
}
