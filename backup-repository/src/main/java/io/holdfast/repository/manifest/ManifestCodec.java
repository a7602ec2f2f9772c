package io.holdfast.repository.manifest;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.encoding.FieldWriter;
import io.holdfast.repository.encoding.MalformedException;
import io.holdfast.repository.encoding.ObjectHeader;
import io.holdfast.repository.encoding.Sha256;
import io.holdfast.repository.seal.BodyOpener;
import io.holdfast.repository.seal.BodySeal;
import io.holdfast.repository.seal.KeyId;
import io.holdfast.repository.seal.SealingKey;
import io.holdfast.repository.store.ObjectKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;

/**
 * Manifests as bytes: a JSON document whose first line holds the SHA-256 of its body, all lines between the first and
 * the last. See docs/repository-format.md.
 */
public final class ManifestCodec {
    /** The longest manifest that is written and read, in bytes. */
    public static final int LONGEST = 64 << 20;

    private static final String OPENING = "{\"format\":\"holdfast-manifest\",\"version\":1,\"sha256\":\"";
    private static final String SEALED = "\",\"sealed_with\":\"";
    private static final String BODY = "\",\"body\":\n";
    private static final String CLOSING = "\n}\n";
    private static final ObjectMapper JSON = JsonMapper.builder()
            .addModule(new Jdk8Module())
            .addModule(new JavaTimeModule())
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .enable(SerializationFeature.INDENT_OUTPUT)
            // Only optional fields are ever added to version 1.
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
            // What is missing is null, and so refused as well, but for what may be missing.
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    static {
        JSON.getFactory()
                .setStreamReadConstraints(
                        StreamReadConstraints.builder().maxNestingDepth(50).build());
    }

    private ManifestCodec() {}

    /**
     * The bytes to store.
     *
     * @param key where they will lie
     * @throws RepositoryException.Unusable if they would be more than {@link #LONGEST}, which nobody could read
     */
    public static byte[] encode(ManifestObject manifest, ObjectKey key, BodySeal seal) throws RepositoryException {
        try {
            byte[] body = JSON.writerFor(ManifestObject.class).writeValueAsBytes(manifest);
            Optional<SealingKey> sealingKey = seal.key();
            if (sealingKey.isEmpty()) {
                return document(key, body, "");
            }
            byte[] sealed = seal.object(ObjectHeader.Type.MANIFEST, key, body);
            String text = '"' + Base64.getEncoder().encodeToString(sealed) + '"';
            return document(
                    key,
                    text.getBytes(StandardCharsets.US_ASCII),
                    SEALED + sealingKey.get().id());
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A manifest could not be written as JSON", e);
        }
    }

    private static byte[] document(ObjectKey key, byte[] body, String sealedWith) throws RepositoryException {
        byte[] head = (OPENING + Sha256.hex(body) + sealedWith + BODY).getBytes(StandardCharsets.US_ASCII);
        byte[] closing = CLOSING.getBytes(StandardCharsets.US_ASCII);
        long length = (long) head.length + body.length + closing.length;
        if (length > LONGEST) {
            throw new RepositoryException.Unusable(
                    "The manifest " + key + " would be " + length + " bytes long; no more than " + LONGEST
                            + " are read.",
                    "it lists every pack: make them larger (holdfast.backup.pack-size), then back up again.");
        }
        return new FieldWriter().raw(head).raw(body).raw(closing).toByteArray();
    }

    /**
     * Reads what {@link #encode} wrote, every byte of which is checked.
     *
     * @param key where it lies
     * @throws RepositoryException.Denied if it is sealed and the key is not here
     */
    public static ManifestObject decode(byte[] document, ObjectKey key, BodyOpener opener)
            throws MalformedException, RepositoryException {
        Head head = Head.of(document);
        int bodyLength = document.length - head.length() - CLOSING.length();
        if (bodyLength < 0) {
            throw new MalformedException("it ends too early, after " + document.length + " bytes");
        }
        int end = head.length() + bodyLength;
        if (!CLOSING.equals(new String(document, end, CLOSING.length(), StandardCharsets.ISO_8859_1))) {
            throw new MalformedException("its last line is not that of a manifest of version 1");
        }
        byte[] body = Arrays.copyOfRange(document, head.length(), end);
        if (!Sha256.hex(body).equals(head.sha256())) {
            throw new MalformedException("the SHA-256 of its body is another one");
        }
        try {
            boolean sealed = !head.sealedWith().isEmpty();
            byte[] json = sealed ? open(body, head.sealedWith(), key, opener) : body;
            ManifestObject manifest = JSON.readValue(json, ManifestObject.class);
            if (manifest instanceof ManifestObject.Committed(BackupManifest backup) && backup.isSealed() != sealed) {
                throw new MalformedException("a manifest is sealed exactly when what it lists is");
            }
            return manifest;
        } catch (RepositoryException e) {
            throw e;
        } catch (IOException e) {
            throw new MalformedException("its body is not that of a manifest: " + firstLine(e), e);
        }
    }

    /** The index key that a manifest is sealed with, as its first line says; empty if it is not. */
    public static Optional<KeyId> sealedWith(byte[] document) throws MalformedException {
        String key = Head.of(document).sealedWith();
        if (key.isEmpty()) {
            return Optional.empty();
        }
        if (!KeyId.isHex(key)) {
            throw new MalformedException("its first line names no key");
        }
        return Optional.of(new KeyId(key));
    }

    private static byte[] open(byte[] body, String sealedWith, ObjectKey key, BodyOpener opener)
            throws MalformedException, RepositoryException {
        String text = new String(body, StandardCharsets.ISO_8859_1);
        if (text.length() < 2 || !text.startsWith("\"") || !text.endsWith("\"")) {
            throw new MalformedException("its sealed body is not a JSON string");
        }
        byte[] object;
        try {
            object = Base64.getDecoder().decode(text.substring(1, text.length() - 1));
        } catch (IllegalArgumentException e) {
            throw new MalformedException("its sealed body is not Base64", e);
        }
        ObjectHeader header = ObjectHeader.read(ObjectHeader.Type.MANIFEST, object);
        if (!header.isSealed() || !KeyId.of(header.key()).hex().equals(sealedWith)) {
            throw new MalformedException("its first line names another key than its body");
        }
        return opener.open(ObjectHeader.Type.MANIFEST, key, object).body();
    }

    /**
     * The first line.
     *
     * @param sealedWith what it says of that, or empty
     */
    private record Head(int length, String sha256, String sealedWith) {
        private static final int DIGEST_LENGTH = 64;
        private static final int LONGEST =
                OPENING.length() + DIGEST_LENGTH + SEALED.length() + 2 * KeyId.LENGTH + BODY.length();

        static Head of(byte[] document) throws MalformedException {
            String start = new String(document, 0, Math.min(document.length, LONGEST), StandardCharsets.ISO_8859_1);
            int end = start.indexOf('\n') + 1;
            int plainLength = OPENING.length() + DIGEST_LENGTH + BODY.length();
            String line = start.substring(0, end);
            boolean known = line.startsWith(OPENING) && line.endsWith(BODY) && line.length() >= plainLength;
            if (known) {
                String digest = line.substring(OPENING.length(), OPENING.length() + DIGEST_LENGTH);
                String rest = line.substring(OPENING.length() + DIGEST_LENGTH, line.length() - BODY.length());
                if (rest.isEmpty()) {
                    return new Head(end, digest, "");
                }
                if (rest.startsWith(SEALED) && rest.length() == SEALED.length() + 2 * KeyId.LENGTH) {
                    return new Head(end, digest, rest.substring(SEALED.length()));
                }
            }
            throw new MalformedException("its first line is not that of a manifest of version 1");
        }
    }

    private static String firstLine(IOException e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }
}
