package io.holdfast.repository.seal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.repository.encoding.MalformedException;
import io.holdfast.repository.encoding.ObjectHeader;
import io.holdfast.repository.store.ObjectKey;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SealTest {
    private static final SealingKey KEY = new SealingKey(new byte[32]);
    private static final ObjectKey NAME = ObjectKey.of("orders", "1", "indexes", "b", "a");
    private static final ObjectHeader HEADER =
            ObjectHeader.sealed(ObjectHeader.Type.INDEX, KEY.id().bytes(), new byte[32]);

    private static byte[] seal(byte[] plain) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (OutputStream sealed = new SealedOutputStream(out, KEY.objectKey(HEADER, NAME))) {
            sealed.write(plain);
        }
        return out.toByteArray();
    }

    private static byte[] open(byte[] sealed, ObjectKey name, ObjectHeader header) throws Exception {
        try (InputStream in = new OpenedInputStream(new ByteArrayInputStream(sealed), KEY.objectKey(header, name))) {
            return in.readAllBytes();
        }
    }

    private static byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    @Test
    void keys_are_derived_as_rfc_5869_says() {
        // Its third test: neither salt nor info.
        byte[] derived = KeyDerivation.derive(HexFormat.of().parseHex("0b".repeat(22)), new byte[0], new byte[0], 42);

        assertThat(HexFormat.of().formatHex(derived))
                .isEqualTo("8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d" + "9d201395faa4b61a96c8");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 65_535, 65_536, 65_537, 131_072, 200_000})
    void what_is_sealed_opens(int length) throws Exception {
        byte[] sealed = seal(bytes(length));

        assertThat(open(sealed, NAME, HEADER)).isEqualTo(bytes(length));
        assertThat(sealed.length).isEqualTo(length + 16 * Math.max(1, (length + 65_535) / 65_536));
    }

    @Test
    void segments_cannot_be_left_out_swapped_repeated_or_added() throws Exception {
        byte[] sealed = seal(bytes(3 * 65_536));
        int segment = 65_552;
        byte[] one = Arrays.copyOfRange(sealed, 0, segment);
        byte[] two = Arrays.copyOfRange(sealed, segment, 2 * segment);
        byte[] three = Arrays.copyOfRange(sealed, 2 * segment, 3 * segment);
        assertThat(open(joined(one, two, three), NAME, HEADER)).isEqualTo(bytes(3 * 65_536));

        for (byte[] changed : List.of(
                joined(one, two),
                joined(one),
                joined(three),
                joined(),
                joined(two, one, three),
                joined(one, two, two, three),
                joined(one, two, three, three),
                joined(one, two, three, new byte[1]),
                joined(one, two, Arrays.copyOf(three, 100)))) {
            assertThatThrownBy(() -> open(changed, NAME, HEADER)).isInstanceOf(SealBrokenException.class);
        }
    }

    private static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    @Test
    void a_body_opens_under_its_own_name_and_header_alone() throws Exception {
        byte[] sealed = seal(bytes(100));
        byte[] salt = new byte[32];
        salt[31] = 1;

        assertThatThrownBy(() -> open(sealed, ObjectKey.of("orders", "1", "indexes", "b", "c"), HEADER))
                .isInstanceOf(SealBrokenException.class);
        for (ObjectHeader other : List.of(
                ObjectHeader.sealed(ObjectHeader.Type.MAP, KEY.id().bytes(), new byte[32]),
                ObjectHeader.sealed(ObjectHeader.Type.INDEX, KEY.id().bytes(), salt),
                ObjectHeader.sealed(
                        ObjectHeader.Type.INDEX, new SealingKey(bytes(32)).id().bytes(), new byte[32]))) {
            assertThatThrownBy(() -> open(sealed, NAME, other)).isInstanceOf(SealBrokenException.class);
        }
    }

    @Test
    void no_frame_of_an_attempt_has_the_nonce_of_another_whichever_threads_seal() throws Exception {
        FrameSealing sealing = new FrameSealing(HEADER, KEY.frameKey(HEADER, "orders/1/packs/b/a/"));
        Set<String> nonces = ConcurrentHashMap.newKeySet();
        List<byte[]> frames = new ArrayList<>();
        byte[] plain = bytes(100);
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            for (int thread = 0; thread < 4; thread++) {
                threads.execute(() -> {
                    FrameCipher cipher = new FrameCipher();
                    for (int i = 0; i < 1000; i++) {
                        byte[] sealed = new byte[plain.length + FrameCipher.OVERHEAD];
                        cipher.seal(sealing, plain, plain.length, sealed, 0);
                        nonces.add(HexFormat.of().formatHex(sealed, 0, 8));
                        synchronized (frames) {
                            frames.add(sealed);
                        }
                    }
                });
            }
        }

        assertThat(nonces).hasSize(4000);
        FrameCipher cipher = new FrameCipher();
        FrameOpening.With opening = new FrameOpening.With(KEY.frameKey(HEADER, "orders/1/packs/b/a/"));
        FrameOpening.With elsewhere = new FrameOpening.With(KEY.frameKey(HEADER, "orders/1/packs/b/b/"));
        for (byte[] sealed : frames) {
            byte[] opened = new byte[plain.length];
            assertThat(cipher.open(opening, sealed, 0, sealed.length, opened)).isEqualTo(plain.length);
            assertThat(opened).isEqualTo(plain);
        }
        byte[] one = frames.getFirst();
        assertThatThrownBy(() -> cipher.open(elsewhere, one, 0, one.length, new byte[plain.length]))
                .isInstanceOf(MalformedException.class);
        one[7]++;
        assertThatThrownBy(() -> cipher.open(opening, one, 0, one.length, new byte[plain.length]))
                .isInstanceOf(MalformedException.class);
    }

    @Test
    void a_key_shows_its_identifier_alone_and_is_of_no_use_once_destroyed() {
        byte[] secret = bytes(32);
        SealingKey key = new SealingKey(secret);

        assertThat(key.toString())
                .contains(key.id().hex())
                .doesNotContain(HexFormat.of().formatHex(secret));
        key.destroy();

        assertThatThrownBy(key::secret).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> key.objectKey(HEADER, NAME)).isInstanceOf(IllegalStateException.class);
    }
}
