package io.holdfast.repository.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.holdfast.repository.RepositoryException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileObjectStoreTest extends ObjectStoreContract {
    private static final ObjectKey KEY = new ObjectKey("a/b");

    private final Path root;
    private final FileObjectStore store;

    FileObjectStoreTest(@TempDir Path scratch) {
        root = scratch.resolve("made/when needed");
        store = FileObjectStore.at(root);
    }

    @Override
    protected ObjectStore store() {
        return store;
    }

    @Test
    void what_a_crash_left_is_not_listed() throws Exception {
        ObjectUpload crashed = store.upload(KEY);
        crashed.write(new byte[] {1}, 0, 1);
        Files.writeString(root.resolve(".DS_Store"), "not an object");

        assertThat(store.list("").hasNext()).isFalse();
        assertThat(root.resolve(FileObjectStore.UPLOADS)).isNotEmptyDirectory();
        assertThat(store.putIfAbsent(KEY, new byte[] {2})).isEqualTo(PutOutcome.CREATED);
        crashed.close();
    }

    @Test
    void what_a_crash_left_a_week_ago_is_removed_by_the_next_writer() throws Exception {
        Path uploads = Files.createDirectories(root.resolve(FileObjectStore.UPLOADS));
        Path old = Files.writeString(uploads.resolve("upload-old"), "x");
        Path young = Files.writeString(uploads.resolve("upload-young"), "x");
        Files.setLastModifiedTime(old, FileTime.from(Instant.now().minus(Duration.ofDays(8))));
        Files.setLastModifiedTime(young, FileTime.from(Instant.now().minus(Duration.ofDays(6))));

        store.head(KEY);
        assertThat(old).exists();
        store.putIfAbsent(KEY, new byte[] {1});

        assertThat(old).doesNotExist();
        assertThat(young).exists();
    }

    @Test
    void bytes_that_the_disk_cannot_give_back_are_damaged() throws Exception {
        store.putIfAbsent(KEY, new byte[] {1});
        // No process may read the page at address zero of its memory: EIO, as from a bad sector.
        try (Mount unreadable = Mount.bad(root.resolve(KEY.value()))) {
            assertThatThrownBy(() -> {
                        try (InputStream in = store.open(KEY)) {
                            in.read();
                        }
                    })
                    .isInstanceOf(RepositoryException.Damaged.class)
                    .hasMessageContaining("Input/output error")
                    .hasMessageContaining("HINT:");
            assertThat(unreadable.path()).exists();
        }
    }

    @Test
    void a_commit_leaves_no_temporary_file() throws Exception {
        store.putIfAbsent(KEY, new byte[] {2});
        store.putIfAbsent(KEY, new byte[] {2});
        assertThat(root.resolve(FileObjectStore.UPLOADS)).isEmptyDirectory();
    }

    @Test
    void a_link_placed_in_the_directory_is_not_followed(@TempDir Path outside) throws Exception {
        Path secret = Files.writeString(outside.resolve("secret"), "secret");
        store.putIfAbsent(KEY, new byte[] {2});
        Files.createSymbolicLink(root.resolve("a/link"), secret);

        assertThat(store.head(new ObjectKey("a/link"))).isEmpty();
        assertThatThrownBy(() -> store.open(new ObjectKey("a/link"))).isInstanceOf(RepositoryException.class);
        ObjectStore.Listing listing = store.list("");
        assertThat(listing.next().key()).isEqualTo(KEY);
        assertThat(listing.hasNext()).isFalse();
    }

    @Test
    void a_key_below_an_object_is_refused() throws Exception {
        store.putIfAbsent(KEY, new byte[] {2});
        assertThatThrownBy(() -> store.putIfAbsent(new ObjectKey("a/b/c"), new byte[0]))
                .isInstanceOf(RepositoryException.Conflict.class);
        assertThatThrownBy(() -> store.putIfAbsent(new ObjectKey("a"), new byte[0]))
                .isInstanceOf(RepositoryException.Conflict.class);
    }

    @Test
    void deleting_removes_the_object_and_empty_directories() throws Exception {
        store.putIfAbsent(KEY, new byte[] {2});

        assertThat(store.delete(KEY)).isTrue();
        assertThat(store.delete(KEY)).isFalse();
        assertThat(root.resolve("a")).doesNotExist();
        assertThat(root).exists();
    }

    @Test
    void a_full_file_system_is_told_from_other_failures(@TempDir Path mount) throws Exception {
        try (Mount small = Mount.tmpfs(mount, "size=256k")) {
            FileObjectStore full = FileObjectStore.at(small.path());
            byte[] large = new byte[1 << 20];

            assertThatThrownBy(() -> full.putIfAbsent(KEY, large))
                    .isInstanceOf(RepositoryException.Full.class)
                    .hasMessageContaining("No space left on device")
                    .hasMessageContaining("HINT:");
            assertThat(full.head(KEY)).isEmpty();
            assertThat(full.putIfAbsent(KEY, new byte[10])).isEqualTo(PutOutcome.CREATED);
        }
    }

    @Test
    void a_read_only_file_system_is_denied_but_can_be_read(@TempDir Path mount) throws Exception {
        try (Mount readOnly = Mount.tmpfs(mount, "size=256k")) {
            FileObjectStore there = FileObjectStore.at(readOnly.path());
            there.putIfAbsent(KEY, new byte[] {1});
            readOnly.remountReadOnly();

            assertThatThrownBy(() -> there.putIfAbsent(new ObjectKey("c"), new byte[1]))
                    .isInstanceOf(RepositoryException.Denied.class)
                    .hasMessageContaining("HINT:");
            assertThat(there.head(KEY)).isPresent();
        }
    }

    /** A small file system of its own, which only root can make; elsewhere the test is skipped. */
    private record Mount(Path path) implements AutoCloseable {
        static Mount tmpfs(Path path, String options) throws IOException {
            assumeTrue(
                    run("mount", "-t", "tmpfs", "-o", options, "tmpfs", path.toString()) == 0,
                    "SKIPPED: only root can mount a file system for this test");
            return new Mount(path);
        }

        static Mount bad(Path file) throws IOException {
            String memory = "/proc/" + ProcessHandle.current().pid() + "/mem";
            assumeTrue(
                    run("mount", "--bind", memory, file.toString()) == 0,
                    "SKIPPED: only root can mount an unreadable file for this test");
            return new Mount(file);
        }

        void remountReadOnly() throws IOException {
            assertThat(run("mount", "-o", "remount,ro", path.toString())).isZero();
        }

        private static int run(String... command) throws IOException {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            try {
                return process.waitFor(20, TimeUnit.SECONDS) ? process.exitValue() : -1;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", e);
            }
        }

        @Override
        public void close() throws IOException {
            assertThat(run("umount", path.toString())).isZero();
        }
    }
}
