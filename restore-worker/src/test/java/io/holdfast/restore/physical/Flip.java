package io.holdfast.restore.physical;

import io.holdfast.repository.index.FilePath;
import io.holdfast.repository.index.IndexEntry;
import io.holdfast.repository.index.MapReference;
import io.holdfast.repository.map.FrameReference;
import io.holdfast.repository.map.Run;
import io.holdfast.repository.read.BackupReader;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Damages a repository on disk. */
final class Flip {
    private Flip() {}

    /** Flips one byte of what is stored of a small file. */
    static void aByteOf(BackupReader backup, String file, Path store) throws IOException {
        IndexEntry.WithContent entry =
                (IndexEntry.WithContent) backup.find(new FilePath(file)).orElseThrow();
        MapReference.Inline map = (MapReference.Inline) entry.maps().getFirst();
        FrameReference frame = map.map().runs().stream()
                .filter(Run.Stored.class::isInstance)
                .map(run -> ((Run.Stored) run).frame())
                .findFirst()
                .orElseThrow();
        try (RandomAccessFile pack = new RandomAccessFile(pack(store).toFile(), "rw")) {
            long at = frame.offset() + frame.storedLength() / 2;
            pack.seek(at);
            int old = pack.read();
            pack.seek(at);
            pack.write(old ^ 1);
        }
    }

    private static Path pack(Path store) throws IOException {
        try (Stream<Path> all = Files.walk(store)) {
            Path pack = all.filter(Files::isRegularFile)
                    .filter(path -> path.toString().contains("pack"))
                    .findFirst()
                    .orElseThrow();
            pack.toFile().setWritable(true);
            return pack;
        }
    }
}
