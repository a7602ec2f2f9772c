package io.holdfast.backup.base;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Takes the bytes of one file of an archive. For one thread. */
interface FileContent {
    /** Takes some of them; all are consumed. */
    void take(ByteBuffer bytes) throws IOException;

    /** The file is complete. */
    void end() throws IOException;
}
