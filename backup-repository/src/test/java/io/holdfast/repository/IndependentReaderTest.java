package io.holdfast.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.holdfast.repository.content.ReadProgress;
import io.holdfast.repository.encoding.Sha256;
import io.holdfast.repository.index.FilePath;
import io.holdfast.repository.key.GoldenKeys;
import io.holdfast.repository.key.Gpg;
import io.holdfast.repository.restore.RestoreOptions;
import io.holdfast.repository.store.FileObjectStore;
import io.holdfast.repository.wal.WalSegmentWriter;
import io.holdfast.repository.write.WriterOptions;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The reader of one source file, which shares no line with this module, gets the same out of a repository. */
class IndependentReaderTest {
    private static final Path READER = Path.of("../deploy/reader/HoldfastReader.java");
    private static final String PLACE = SampleBackup.TARGET + "/" + SampleBackup.CLUSTER;
    private static final String GOLDEN = PLACE + "/golden";
    private static final String NOW = PLACE + "/now";

    @TempDir
    private static Path compiled;

    @TempDir
    private Path scratch;

    @BeforeAll
    static void compileIt() {
        boolean found = Stream.of(System.getenv("PATH").split(":"))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, "zstd")));
        assumeTrue(found, "skipped: the program zstd is not installed (Debian: apt-get install zstd)");
        // As `java HoldfastReader.java` does each time, but once.
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        int problems = compiler.run(
                null,
                null,
                null,
                "--release",
                "21",
                "-Xlint:all",
                "-Werror",
                "-d",
                compiled.toString(),
                READER.toString());
        assertThat(problems).as("problems of javac").isZero();
    }

    private static Path golden() throws Exception {
        return golden("format-1");
    }

    private static Path golden(String name) throws Exception {
        URI marker = Objects.requireNonNull(
                        IndependentReaderTest.class.getResource("/golden/" + name + "/holdfast-repository.json"))
                .toURI();
        return Objects.requireNonNull(Path.of(marker).getParent());
    }

    private record Ended(int code, String said) {}

    private Ended reader(String... words) throws IOException, InterruptedException {
        return reader(Map.of(), words);
    }

    private Ended reader(Map<String, String> environment, String... words) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                compiled.toString(),
                "HoldfastReader"));
        command.addAll(List.of(words));
        Path said = scratch.resolve("said");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(said.toFile());
        builder.environment().put("LC_ALL", "C.UTF-8");
        builder.environment().putAll(environment);
        Process process = builder.start();
        assertThat(process.waitFor(2, TimeUnit.MINUTES)).as("it ends").isTrue();
        return new Ended(process.exitValue(), Files.readString(said));
    }

    @Test
    void what_it_extracts_of_format_1_is_what_a_restore_gives() throws Exception {
        Path restored = scratch.resolve("restored");
        TargetPlace place = Repository.open(FileObjectStore.at(golden())).at(SampleBackup.TARGET, SampleBackup.CLUSTER);
        place.read(new BackupId("golden")).restoreTo(restored, RestoreOptions.defaults(), ReadProgress.NONE);
        Path extracted = scratch.resolve("extracted");

        Ended ended = reader("extract", golden().toString(), GOLDEN, extracted.toString());

        assertThat(ended.code()).as(ended.said()).isZero();
        Map<String, String> found = tree(extracted);
        assertThat(found.keySet()).contains("pg_wal/000000010000000000000002", "pg_wal/000000010000000000000003");
        found.keySet().removeIf(path -> path.startsWith("pg_wal"));
        assertThat(found).isEqualTo(tree(restored));
    }

    @Test
    void what_it_extracts_of_an_encrypted_repository_is_what_a_restore_gives() throws Exception {
        Gpg gpg = new Gpg();
        try {
            gpg.run(GoldenKeys.secretKey(), "", "--import");
            Path sealed = golden("format-1-sealed");
            Path restored = scratch.resolve("restored");
            Repository.open(FileObjectStore.at(sealed), GoldenKeys.restorers())
                    .at(SampleBackup.TARGET, SampleBackup.CLUSTER)
                    .read(new BackupId("golden"))
                    .restoreTo(restored, RestoreOptions.defaults(), ReadProgress.NONE);
            Path extracted = scratch.resolve("extracted");

            Ended ended =
                    reader(Map.of("GNUPGHOME", gpg.home()), "extract", sealed.toString(), GOLDEN, extracted.toString());

            assertThat(ended.code()).as(ended.said()).isZero();
            Map<String, String> found = tree(extracted);
            assertThat(found.keySet()).contains("pg_wal/000000010000000000000002", "pg_wal/000000010000000000000003");
            found.keySet().removeIf(path -> path.startsWith("pg_wal"));
            assertThat(found).isEqualTo(tree(restored));
        } finally {
            gpg.remove();
        }
    }

    @Test
    void without_the_key_it_says_which_one_is_missing() throws Exception {
        Gpg gpg = new Gpg();
        try {
            Ended ended = reader(
                    Map.of("GNUPGHOME", gpg.home(), "GPG", "false"),
                    "verify",
                    golden("format-1-sealed").toString(),
                    GOLDEN);

            assertThat(ended.code()).isEqualTo(1);
            assertThat(ended.said())
                    .contains("gpg opens none of the wrapped keys in")
                    .contains("/keys/");
        } finally {
            gpg.remove();
        }
    }

    @Test
    void what_it_extracts_is_what_was_written_now() throws Exception {
        Path repository = scratch.resolve("repository");
        Map<FilePath, byte[]> files = SampleBackup.files();
        write(repository, files);
        Path extracted = scratch.resolve("extracted");

        Ended ended = reader("extract", repository.toString(), NOW, extracted.toString());

        assertThat(ended.code()).as(ended.said()).isZero();
        for (Map.Entry<FilePath, byte[]> file : files.entrySet()) {
            assertThat(extracted.resolve(file.getKey().value()))
                    .as(file.getKey().value())
                    .hasBinaryContent(file.getValue());
        }
    }

    @Test
    void it_lists_backups_and_those_that_were_given_up() throws Exception {
        Ended ended = reader("list", golden().toString());

        assertThat(ended.code()).as(ended.said()).isZero();
        assertThat(ended.said())
                .contains(GOLDEN + "  full  2026-11-20T10:01:00Z")
                .contains("given-up  given up: an example");
    }

    @Test
    void it_finds_a_byte_that_is_another_one() throws Exception {
        Path repository = scratch.resolve("repository");
        write(repository, SampleBackup.files());
        assertThat(reader("verify", repository.toString(), NOW).code()).isZero();
        flip(repository.resolve(PLACE + "/packs/now"));

        Ended ended = reader("verify", repository.toString(), NOW);

        assertThat(ended.code()).isEqualTo(1);
        assertThat(ended.said()).contains("/packs/now/").contains("has another digest");
    }

    @Test
    void it_serves_wal_as_a_restore_command() throws Exception {
        Path file = scratch.resolve("segment");

        Ended there = reader("wal", golden().toString(), PLACE, "000000010000000000000003", file.toString());
        Ended missing = reader("wal", golden().toString(), PLACE, "000000010000000000000009", file + "-not");

        assertThat(there.code()).as(there.said()).isZero();
        assertThat(file).hasSize(SampleBackup.SEGMENT_SIZE);
        assertThat(missing.code()).isEqualTo(1);
    }

    @Test
    void a_segment_that_stayed_partial_is_served_as_far_as_it_is_stored_and_the_end_is_said() throws Exception {
        Path repository = Files.createDirectory(scratch.resolve("partial"));
        TargetPlace place = SampleBackup.place(FileObjectStore.at(repository));
        int size = SampleBackup.SEGMENT_SIZE;
        byte[] bytes = SampleBackup.segment(5);
        try (WalSegmentWriter segment = place.wal(scratch).begin(1, 5, size)) {
            segment.write(0, bytes, 0, 1000);
            segment.saveIncrement();
        }
        try (WalSegmentWriter segment = place.wal(scratch).begin(1, 6, size)) {
            segment.write(0, SampleBackup.segment(6), 0, size);
            segment.finish();
        }
        Path file = scratch.resolve("served");

        Ended ended = reader("wal", repository.toString(), PLACE, "000000010000000000000005", file.toString());

        assertThat(ended.code()).as(ended.said()).isZero();
        assertThat(file).hasBinaryContent(Arrays.copyOf(Arrays.copyOf(bytes, 1000), size));
        assertThat(ended.said()).contains("only the first 1000 bytes");
    }

    private void write(Path repository, Map<FilePath, byte[]> files) throws Exception {
        TargetPlace place = SampleBackup.place(FileObjectStore.at(repository));
        SampleBackup.writeWal(place, scratch);
        SampleBackup.write(place, "now", files, SampleBackup.physical(), WriterOptions.defaults(scratch));
    }

    /** Another byte in the middle of the first file below. */
    private static void flip(Path folder) throws IOException {
        Path file;
        try (Stream<Path> all = Files.walk(folder)) {
            file = all.filter(Files::isRegularFile).sorted().findFirst().orElseThrow();
        }
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        Files.delete(file);
        Files.write(file, bytes);
    }

    /** Everything below a directory: kind, permissions, time and content. */
    private static Map<String, String> tree(Path root) throws IOException {
        Map<String, String> tree = new TreeMap<>();
        try (Stream<Path> all = Files.walk(root)) {
            for (Path path : (Iterable<Path>) all.filter(each -> !each.equals(root))::iterator) {
                String name = root.relativize(path).toString();
                if (Files.isSymbolicLink(path)) {
                    tree.put(name, "link to " + Files.readSymbolicLink(path));
                } else {
                    String modes = PosixFilePermissions.toString(
                            Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS));
                    tree.put(
                            name,
                            Files.isDirectory(path)
                                    ? modes
                                    : modes + " " + Files.getLastModifiedTime(path) + " "
                                            + Sha256.hex(Files.readAllBytes(path)));
                }
            }
        }
        return tree;
    }
}
