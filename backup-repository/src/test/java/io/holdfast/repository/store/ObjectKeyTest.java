package io.holdfast.repository.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.repository.RepositoryException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ObjectKeyTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "/a",
                "a/",
                "a//b",
                "..",
                "a/../b",
                "a/..",
                ".",
                "a/./b",
                ".hidden",
                "a/.b",
                "a\\b",
                "a\nb",
                "a\u0000b",
                "a\u007fb",
                "ä"
            })
    void what_could_leave_its_place_is_refused(String key) {
        assertThatThrownBy(() -> new ObjectKey(key)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void keys_of_any_printable_ascii_are_fine() {
        assertThat(ObjectKey.of("a", "b c", "it's;$(x)").value()).isEqualTo("a/b c/it's;$(x)");
    }

    @Test
    void a_refused_key_is_shown_without_its_control_characters() {
        assertThatThrownBy(() -> new ObjectKey("a\nb")).hasMessageContaining("\"a\\u000ab\"");
    }

    @Test
    void an_address_names_a_directory() throws Exception {
        assertThat(StoreAddress.parse("file:///srv/hold%20fast"))
                .isEqualTo(new StoreAddress.Directory(Path.of("/srv/hold fast")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "s3://bucket",
                "gopher://x",
                "/srv/holdfast",
                "file:relative",
                "file://host/path",
                "file:///",
                "",
                "file:///a?b=c",
                "not a url"
            })
    void other_addresses_are_refused_with_a_hint(String url) {
        assertThatThrownBy(() -> StoreAddress.parse(url))
                .isInstanceOf(RepositoryException.Unusable.class)
                .hasMessageContaining("HINT:");
    }
}
