package io.holdfast.backup.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.repository.index.FilePath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(600)
class ReceivedFilesTest {
    @TempDir
    private Path folder;

    @Test
    void files_are_claimed_in_whatever_order_within_reason() throws Exception {
        try (ReceivedFiles received = received(1000)) {
            received.requireDistinct();
            for (int i = 999; i >= 0; i--) {
                assertThat(received.claim(path(i))).hasValue(new ReceivedFiles.Content(i, 0));
            }
            assertThat(received.claim(path(7))).isEmpty();
            assertThat(received.count()).isZero();
            assertThat(received.unclaimed()).isEmpty();
        }
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void a_file_that_came_twice_is_named_among_however_many() throws Exception {
        try (ReceivedFiles received = received(1_100_000)) {
            received.add(new FilePath(path(17)), 1, new CRC32C());

            assertThatThrownBy(received::requireDistinct)
                    .isInstanceOf(MalformedStreamException.class)
                    .hasMessageContaining("the file " + path(17) + " twice");
        }
    }

    @Test
    void an_order_without_rhyme_is_refused_before_it_takes_all_memory() throws Exception {
        try (ReceivedFiles received = received(ReceivedFiles.MOST_AHEAD + 2)) {
            assertThatThrownBy(() -> received.claim(path(ReceivedFiles.MOST_AHEAD + 1)))
                    .isInstanceOf(MalformedStreamException.class);
        }
    }

    @Test
    void a_million_files_are_compared_in_little_memory() throws Exception {
        compareInAnotherProcess(1_000_000, "-Xmx32m");
    }

    @Test
    @Tag("long")
    void ten_million_files_are_compared_in_little_memory() throws Exception {
        compareInAnotherProcess(10_000_000, "-Xmx64m");
    }

    private void compareInAnotherProcess(int count, String heap) throws Exception {
        Path said = folder.resolve("said");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        heap,
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        ReceivedFilesTest.class.getName(),
                        folder.toString(),
                        Integer.toString(count))
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start();

        assertThat(process.waitFor()).as(Files.readString(said)).isZero();
        assertThat(said).content().contains("compared " + count);
    }

    /** Receives and claims as many files as the second argument says, in the folder that the first one names. */
    public static void main(String[] arguments) throws IOException {
        int count = Integer.parseInt(arguments[1]);
        int claimed = 0;
        try (ReceivedFiles received = received(Path.of(arguments[0]), count)) {
            received.requireDistinct();
            for (int i = 0; i < count; i++) {
                claimed += received.claim(path(i)).isPresent() ? 1 : 0;
            }
        }
        System.out.println("compared " + claimed);
    }

    private ReceivedFiles received(int count) throws IOException {
        return received(folder, count);
    }

    private static ReceivedFiles received(Path folder, int count) throws IOException {
        ReceivedFiles received = ReceivedFiles.in(folder);
        for (int i = 0; i < count; i++) {
            received.add(new FilePath(path(i)), i, new CRC32C());
        }
        return received;
    }

    private static String path(int number) {
        return "pg_tblspc/16400/PG_18_202506291/16385/" + (100_000_000 + number);
    }
}
