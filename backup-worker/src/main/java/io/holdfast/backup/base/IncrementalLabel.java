package io.holdfast.backup.base;

import io.holdfast.repository.index.FilePath;
import io.holdfast.repository.write.FileSink;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The {@code backup_label} of an incremental backup, stored without the lines that say what it is relative to: restored it
 * is a full directory, and a server refuses to start on a label with them.
 */
final class IncrementalLabel implements FileContent {
    static final FilePath PATH = new FilePath("backup_label");

    /** Ten lines, of which one holds a label of ours. */
    private static final int LONGEST = 64 << 10;

    private final FileSink sink;
    private final ByteBuffer content = ByteBuffer.allocate(LONGEST);

    IncrementalLabel(FileSink sink) {
        this.sink = sink;
    }

    @Override
    public void take(ByteBuffer bytes) throws IOException {
        if (bytes.remaining() > content.remaining()) {
            throw new MalformedStreamException("a backup_label of more than " + LONGEST + " bytes");
        }
        content.put(bytes);
    }

    @Override
    public void end() throws IOException {
        // The label is in the server's encoding; its bytes are kept as they are.
        String text = new String(content.array(), 0, content.position(), StandardCharsets.ISO_8859_1);
        byte[] kept = text.replaceAll("(?m)^INCREMENTAL FROM [^\n]*\n", "").getBytes(StandardCharsets.ISO_8859_1);
        sink.write(kept, 0, kept.length);
        sink.finish();
    }
}
