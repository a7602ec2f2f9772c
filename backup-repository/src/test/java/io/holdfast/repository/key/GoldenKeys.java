package io.holdfast.repository.key;

import io.holdfast.repository.store.StoreCredentials;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.Objects;
import java.util.Optional;

/** Keys of the encrypted golden repository, for tests of this module and of others. They protect nothing. */
public final class GoldenKeys {
    private static final String KMS_KEY =
            "arn:aws:kms:eu-central-1:111122223333:key/901de000-12ab-34cd-56ef-1234567890ab";
    private static final String CALLER = "AKIAGOLDEN";

    private GoldenKeys() {}

    /** What a worker has. */
    public static RepositoryKeys workers() throws IOException {
        return RepositoryKeys.builder()
                .indexKey(indexKey())
                .recipient(OpenPgpRecipient.parse(publicKey(), InstantSource.system())
                        .getFirst())
                .build();
    }

    /** What a verifier has. */
    public static RepositoryKeys verifiers() throws IOException {
        return RepositoryKeys.builder().indexKey(indexKey()).build();
    }

    /** What a restorer has who comes with nothing but the secret key. */
    public static RepositoryKeys restorers() throws IOException {
        return RepositoryKeys.builder()
                .holder(OpenPgpHolder.parse(secretKey(), new char[0]))
                .build();
    }

    /** A service that has the key of the golden repository which is wrapped by one; whoever asks may encrypt and decrypt. */
    public static AwsKmsServer kms() throws IOException {
        AwsKmsServer server = new AwsKmsServer();
        server.key(KMS_KEY, HexFormat.of().parseHex(new String(resource("kms-key.hex"), StandardCharsets.US_ASCII)));
        server.grant(CALLER, "Encrypt", "Decrypt");
        return server;
    }

    /** What a worker has where a key service wraps. */
    public static RepositoryKeys workers(AwsKmsServer server) throws IOException {
        return RepositoryKeys.builder()
                .indexKey(indexKey())
                .recipient(new AwsKmsRecipient(key(server)))
                .build();
    }

    /** What a restorer has who may ask the service and has no key besides. */
    public static RepositoryKeys restorers(AwsKmsServer server) throws IOException {
        return RepositoryKeys.builder().holder(new AwsKmsHolder(key(server))).build();
    }

    private static AwsKmsKey key(AwsKmsServer server) throws IOException {
        return AwsKmsKey.of(
                KMS_KEY, Optional.of(server.endpoint()), Optional.of(new StoreCredentials(CALLER, "its secret")));
    }

    /** The other recipient. */
    public static Passphrase passphrase() {
        return new Passphrase("golden passphrase".toCharArray());
    }

    /** The master index key. */
    public static byte[] indexKey() throws IOException {
        return HexFormat.of().parseHex(new String(resource("index-key.hex"), StandardCharsets.US_ASCII));
    }

    /** The recipient's public key. */
    public static byte[] publicKey() throws IOException {
        return resource("recipient.public.asc");
    }

    /** The recipient's secret key, which is not locked. */
    public static byte[] secretKey() throws IOException {
        return resource("recipient.secret.asc");
    }

    private static byte[] resource(String name) throws IOException {
        try (InputStream in =
                Objects.requireNonNull(GoldenKeys.class.getResourceAsStream("/golden/keys/" + name), name)) {
            return in.readAllBytes();
        }
    }
}
