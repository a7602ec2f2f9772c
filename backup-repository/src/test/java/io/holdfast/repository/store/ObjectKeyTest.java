package io.holdfast.repository.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.store.azure.AzureLocation;
import io.holdfast.repository.store.s3.S3Location;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
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
                "s3:///prefix",
                "s3://key:secret@bucket",
                "s3://bucket/a//b",
                "s3://bucket/.hidden",
                "s3://bucket?part_size=1",
                "s3://bucket?part_size=8X",
                "s3://bucket?region=",
                "s3://bucket?region=a&region=b",
                "s3://bucket?sse=rot13",
                "s3://bucket?kms_key=a",
                "s3://bucket?endpoint=127.0.0.1:9000",
                "s3://bucket?endpoint=http://me:secret@127.0.0.1:9000",
                "s3://bucket?path_style=yes",
                "s3://bucket?give_up_after=10",
                "s3://bucket?secret_key=hunter2",
                "azblob://container?tier=Archive",
                "azblob://container?part_size=1K",
                "azblob:///a",
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
                .hasMessageContaining("HINT:")
                .hasMessageNotContaining("secret@")
                .hasMessageNotContaining("hunter2");
    }

    @Test
    void a_mistyped_parameter_is_answered_with_the_nearest_one() {
        assertThatThrownBy(() -> StoreAddress.parse("s3://bucket?reigon=eu-west-1"))
                .hasMessageContaining("did you mean region?")
                .hasMessageContaining("give_up_after");
    }

    @Test
    void an_address_names_a_container_and_how_it_is_spoken_to() throws Exception {
        StoreAddress parsed = StoreAddress.parse(
                "azblob://my-container/back/ups?account=me&tier=Cool&part_size=4M"
                        + "&endpoint=http://127.0.0.1:10000/me&memory=32M&connect_timeout=5s&silence_timeout=1m&give_up_after=1h");

        assertThat(parsed)
                .isEqualTo(new StoreAddress.Container(new AzureLocation(
                        "my-container",
                        "back/ups",
                        Optional.of("me"),
                        Optional.of(URI.create("http://127.0.0.1:10000/me")),
                        Optional.of("Cool"),
                        4 << 20,
                        32 << 20,
                        Duration.ofSeconds(5),
                        Duration.ofMinutes(1),
                        Duration.ofHours(1))));
    }

    @Test
    void an_address_names_a_bucket_and_how_it_is_spoken_to() throws Exception {
        StoreAddress parsed = StoreAddress.parse("s3://my-bucket/back/ups?region=eu-central-1"
                + "&endpoint=http://127.0.0.1:7480&path_style=true&checksums=when_required&chunked_encoding=false"
                + "&storage_class=STANDARD_IA&sse=aws:kms&kms_key=arn:aws:kms:eu-central-1:1:key/2&part_size=16M"
                + "&memory=128M&versions=oldest&connect_timeout=5s&silence_timeout=1m&give_up_after=500ms");

        assertThat(parsed)
                .isEqualTo(new StoreAddress.Bucket(new S3Location(
                        "my-bucket",
                        "back/ups",
                        "eu-central-1",
                        Optional.of(URI.create("http://127.0.0.1:7480")),
                        true,
                        true,
                        false,
                        Optional.of("STANDARD_IA"),
                        Optional.of("aws:kms"),
                        Optional.of("arn:aws:kms:eu-central-1:1:key/2"),
                        16 << 20,
                        128 << 20,
                        Optional.of(true),
                        Duration.ofSeconds(5),
                        Duration.ofMinutes(1),
                        Duration.ofMillis(500))));
    }
}
