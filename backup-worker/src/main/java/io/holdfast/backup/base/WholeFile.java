package io.holdfast.backup.base;

import io.holdfast.repository.index.FilePath;
import io.holdfast.repository.write.FileSink;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/** A file that comes whole and is stored as it comes. */
final class WholeFile implements FileContent {
    private final FilePath path;
    private final FileSink sink;
    private final PageChecks checks;
    private final Optional<PageCheck> check;

    WholeFile(FilePath path, FileSink sink, PageChecks checks) {
        this.path = path;
        this.sink = sink;
        this.checks = checks;
        this.check = checks.of(path);
    }

    @Override
    public void take(ByteBuffer bytes) throws IOException {
        check.ifPresent(pages -> pages.take(bytes));
        sink.write(bytes);
    }

    @Override
    public void end() throws IOException {
        sink.finish();
        check.ifPresent(pages -> checks.note(path, pages));
    }
}
