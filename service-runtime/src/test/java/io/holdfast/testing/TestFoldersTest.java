package io.holdfast.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TestFoldersTest {
    @TempDir
    Path all;

    @Test
    void what_a_dead_run_left_is_removed_and_a_living_one_is_left_alone() throws IOException {
        Path dead = run("run-1");
        Path living = run("run-2");
        try (FileChannel held = FileChannel.open(all.resolve("run-2.lock"), StandardOpenOption.WRITE)) {
            held.lock();

            TestFolders.sweep(all);
        }

        assertThat(dead).doesNotExist();
        assertThat(all.resolve("run-1.lock")).doesNotExist();
        assertThat(living.resolve("kafka/log")).exists();
    }

    @Test
    void folders_of_this_run_outlive_a_sweep() throws IOException {
        Path mine = TestFolders.make("mine");

        TestFolders.sweep(TestFolders.ALL);

        assertThat(mine).isDirectory();
        TestFolders.delete(mine);
    }

    private Path run(String name) throws IOException {
        Files.createFile(all.resolve(name + ".lock"));
        Path folder = all.resolve(name);
        Files.createDirectories(folder.resolve("kafka"));
        Files.createFile(folder.resolve("kafka/log"));
        return folder;
    }
}
