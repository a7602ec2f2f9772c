package io.holdfast.repository.seal;

import io.holdfast.repository.encoding.MalformedException;
import java.io.IOException;

/** Sealed bytes that do not open, met while a stream is read. The reader knows which object it is, and says so. */
public final class SealBrokenException extends IOException {
    private static final long serialVersionUID = 1L;

    SealBrokenException(MalformedException cause) {
        super(cause.getMessage(), cause);
    }

    /** What is wrong. */
    public String detail() {
        return String.valueOf(getMessage());
    }
}
