package io.holdfast.repository.key;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.Objects;

/** Keys of the encrypted golden repository, for tests of this module and of others. They protect nothing. */
public final class GoldenKeys {
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
