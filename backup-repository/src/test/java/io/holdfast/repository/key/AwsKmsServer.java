package io.holdfast.repository.key;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Cipher;
import javax.crypto.KeyGenerator;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Speaks what of AWS KMS's protocol is used here: Encrypt and Decrypt, in JSON 1.1, with AES-256-GCM and the encryption
 * context as additional data. Knows callers by the access key that they name, and what each may do; does not check
 * signatures.
 */
public final class AwsKmsServer implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int NONCE = 12;
    private static final int TAG_BITS = 128;
    private static final Pattern CALLER = Pattern.compile("AWS4-HMAC-SHA256 Credential=([^/]+)/\\d{8}/[^/]+/kms/.*");

    private final HttpServer server;
    private final SecureRandom random = new SecureRandom();
    private final Map<String, SecretKey> keys = new ConcurrentHashMap<>();
    private final Map<String, Set<String>> mayDo = new ConcurrentHashMap<>();
    private final Queue<Answer> answersFirst = new ConcurrentLinkedQueue<>();
    private final AtomicInteger requests = new AtomicInteger();

    private record Answer(int status, String code) {}

    AwsKmsServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::handle);
        server.start();
    }

    URI endpoint() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /** Makes a key. */
    String key(String arn) throws GeneralSecurityException {
        KeyGenerator generator = KeyGenerator.getInstance("AES");
        generator.init(256);
        keys.put(arn, generator.generateKey());
        return arn;
    }

    /** Takes a key that was made before, of 32 bytes. */
    String key(String arn, byte[] bytes) {
        keys.put(arn, new SecretKeySpec(bytes, "AES"));
        return arn;
    }

    /** Forgets a key, as the service does some days after somebody deleted it. */
    void delete(String arn) {
        keys.remove(arn);
    }

    /** Lets an access key do something: {@code Encrypt}, {@code Decrypt}. */
    void grant(String accessKey, String... actions) {
        mayDo.put(accessKey, Set.of(actions));
    }

    /** Answers the next request with this failure, and the one after that with the next. */
    void fail(int status, String code) {
        answersFirst.add(new Answer(status, code));
    }

    /** Drops the failures that are left. */
    void answerAgain() {
        answersFirst.clear();
    }

    int requests() {
        return requests.get();
    }

    private void handle(HttpExchange exchange) throws IOException {
        requests.incrementAndGet();
        try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes();
            Answer first = answersFirst.poll();
            if (first != null) {
                fail(exchange, first);
                return;
            }
            String target = String.valueOf(exchange.getRequestHeaders().getFirst("X-Amz-Target"));
            String action = target.substring(target.indexOf('.') + 1);
            Matcher caller =
                    CALLER.matcher(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
            if (!caller.matches()) {
                fail(exchange, new Answer(400, "MissingAuthenticationTokenException"));
            } else if (!mayDo.getOrDefault(caller.group(1), Set.of()).contains(action)) {
                fail(exchange, new Answer(400, "AccessDeniedException"));
            } else {
                act(exchange, action, JSON.readTree(body));
            }
        }
    }

    private void act(HttpExchange exchange, String action, JsonNode request) throws IOException {
        String arn = request.path("KeyId").asText();
        SecretKey key = keys.get(arn);
        if (key == null) {
            fail(exchange, new Answer(400, "NotFoundException"));
            return;
        }
        Map<String, String> context = new TreeMap<>();
        request.path("EncryptionContext")
                .properties()
                .forEach(pair -> context.put(pair.getKey(), pair.getValue().asText()));
        ObjectNode answer = JSON.createObjectNode();
        answer.put("KeyId", arn);
        answer.put("EncryptionAlgorithm", "SYMMETRIC_DEFAULT");
        try {
            if (action.equals("Encrypt")) {
                byte[] sealed = encrypt(key, request.path("Plaintext").binaryValue(), context);
                answer.put("CiphertextBlob", Base64.getEncoder().encodeToString(sealed));
            } else {
                byte[] plain = decrypt(key, request.path("CiphertextBlob").binaryValue(), context);
                answer.put("Plaintext", Base64.getEncoder().encodeToString(plain));
            }
        } catch (GeneralSecurityException e) {
            fail(exchange, new Answer(400, "InvalidCiphertextException"));
            return;
        }
        send(exchange, 200, answer);
    }

    private byte[] encrypt(SecretKey key, byte[] plain, Map<String, String> context) throws GeneralSecurityException {
        byte[] nonce = new byte[NONCE];
        random.nextBytes(nonce);
        byte[] sealed = cipher(Cipher.ENCRYPT_MODE, key, nonce, context).doFinal(plain);
        byte[] blob = Arrays.copyOf(nonce, NONCE + sealed.length);
        System.arraycopy(sealed, 0, blob, NONCE, sealed.length);
        return blob;
    }

    private static byte[] decrypt(SecretKey key, byte[] blob, Map<String, String> context)
            throws GeneralSecurityException {
        return cipher(Cipher.DECRYPT_MODE, key, Arrays.copyOf(blob, NONCE), context)
                .doFinal(blob, NONCE, blob.length - NONCE);
    }

    private static Cipher cipher(int mode, SecretKey key, byte[] nonce, Map<String, String> context)
            throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD(context.toString().getBytes(StandardCharsets.UTF_8));
        return cipher;
    }

    private static void fail(HttpExchange exchange, Answer answer) throws IOException {
        ObjectNode body = JSON.createObjectNode();
        body.put("__type", answer.code());
        body.put("message", "a text that may quote the caller");
        send(exchange, answer.status(), body);
    }

    private static void send(HttpExchange exchange, int status, ObjectNode answer) throws IOException {
        byte[] body = JSON.writeValueAsBytes(answer);
        exchange.getResponseHeaders().set("Content-Type", "application/x-amz-json-1.1");
        exchange.getResponseHeaders().set("x-amzn-RequestId", "request-1");
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
