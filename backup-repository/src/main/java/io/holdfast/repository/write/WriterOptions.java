package io.holdfast.repository.write;

import java.nio.file.Path;

/**
 * How a backup is written.
 *
 * @param workDirectory an existing directory for the index while it grows (about 150 bytes a file); removed at the end
 * @param threads how many threads compress and hash, at least 1
 * @param zstdLevel 1 to 19
 * @param memoryBytes bound of the bytes in flight, at least 4 MiB
 * @param packBytes a pack is closed once it is this long
 */
public record WriterOptions(Path workDirectory, int threads, int zstdLevel, long memoryBytes, long packBytes) {
    public WriterOptions {
        if (threads < 1 || threads > 256) {
            throw new IllegalArgumentException("threads must be 1 to 256, not " + threads);
        }
        if (zstdLevel < 1 || zstdLevel > 19) {
            throw new IllegalArgumentException("the zstd level must be 1 to 19, not " + zstdLevel);
        }
        if (memoryBytes < 4 << 20) {
            throw new IllegalArgumentException("the writer needs at least 4 MiB of memory, not " + memoryBytes);
        }
        if (packBytes < 1 << 10) {
            throw new IllegalArgumentException("packs must be at least 1 KiB, not " + packBytes);
        }
    }

    /** Two threads or as many as there are processors if fewer, level 3, 64 MiB in flight, packs of 256 MiB. */
    public static WriterOptions defaults(Path workDirectory) {
        int threads = Math.min(2, Runtime.getRuntime().availableProcessors());
        return new WriterOptions(workDirectory, threads, 3, 64L << 20, 256L << 20);
    }

    /** The same with another zstd level. */
    public WriterOptions withZstdLevel(int level) {
        return new WriterOptions(workDirectory, threads, level, memoryBytes, packBytes);
    }

    /** The same with another number of threads. */
    public WriterOptions withThreads(int count) {
        return new WriterOptions(workDirectory, count, zstdLevel, memoryBytes, packBytes);
    }

    /** The same with another bound of the bytes in flight. */
    public WriterOptions withMemoryBytes(long bytes) {
        return new WriterOptions(workDirectory, threads, zstdLevel, bytes, packBytes);
    }

    /** The same with another length of packs. */
    public WriterOptions withPackBytes(long bytes) {
        return new WriterOptions(workDirectory, threads, zstdLevel, memoryBytes, bytes);
    }
}
