package io.holdfast.repository.map;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.repository.encoding.FieldWriter;
import io.holdfast.repository.encoding.MalformedException;
import io.holdfast.repository.encoding.ObjectHeader;
import io.holdfast.repository.seal.BodyOpener;
import io.holdfast.repository.seal.BodySeal;
import io.holdfast.repository.seal.PlaceKeys;
import io.holdfast.repository.store.ObjectKey;
import java.util.Arrays;
import java.util.Optional;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class FileMapCodecTest {
    private static final ObjectKey KEY = ObjectKey.of("map");

    private static byte[] toObject(byte[] encoded) {
        return BodySeal.NONE.object(ObjectHeader.Type.MAP, KEY, FileMapCodec.toBody(encoded));
    }

    private static FileMap fromObject(MapId id, byte[] object) throws Exception {
        BodyOpener.Opened opened = new BodyOpener(PlaceKeys.NONE).open(ObjectHeader.Type.MAP, KEY, object);
        return FileMapCodec.fromBody(id, opened.body(), opened.key());
    }

    @Provide
    Arbitrary<FileMap> maps() {
        return Maps.any();
    }

    @Property(tries = 300)
    void what_is_encoded_is_decoded(@ForAll("maps") FileMap map) throws Exception {
        byte[] encoded = FileMapCodec.encode(map);
        MapId id = FileMapCodec.id(encoded, Optional.empty());

        assertThat(FileMapCodec.decode(encoded)).isEqualTo(map);
        assertThat(fromObject(id, toObject(encoded))).isEqualTo(map);
    }

    @Property(tries = 300)
    void a_changed_object_is_refused(@ForAll("maps") FileMap map, @ForAll int where, @ForAll byte what)
            throws Exception {
        byte[] encoded = FileMapCodec.encode(map);
        byte[] object = toObject(encoded);
        object[Math.floorMod(where, object.length)] ^= what == 0 ? 1 : what;

        assertThatThrownBy(() -> fromObject(FileMapCodec.id(encoded, Optional.empty()), object))
                .isInstanceOf(MalformedException.class);
    }

    @Property(tries = 300)
    void a_map_cut_short_is_refused(@ForAll("maps") FileMap map, @ForAll int where) {
        byte[] encoded = FileMapCodec.encode(map);
        byte[] cut = Arrays.copyOf(encoded, Math.floorMod(where, encoded.length));

        assertThatThrownBy(() -> FileMapCodec.decode(cut)).isInstanceOf(MalformedException.class);
    }

    @Property(tries = 2000)
    void garbage_is_refused_or_is_a_map(@ForAll byte[] garbage) {
        try {
            assertThat(FileMapCodec.encode(FileMapCodec.decode(garbage))).isEqualTo(garbage);
        } catch (MalformedException e) {
            assertThat(e).hasMessageNotContaining("null");
        }
    }

    @Test
    void a_length_that_would_take_all_memory_is_refused() {
        byte[] object = new FieldWriter()
                .raw(ObjectHeader.of(ObjectHeader.Type.MAP))
                .u32(Integer.MAX_VALUE)
                .raw(new byte[20])
                .toByteArray();

        assertThatThrownBy(() -> fromObject(new MapId("0".repeat(64)), object))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("too long");
    }
}
