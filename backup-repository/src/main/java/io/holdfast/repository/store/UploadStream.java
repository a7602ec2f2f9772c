package io.holdfast.repository.store;

import io.holdfast.repository.RepositoryException;
import java.io.OutputStream;

/** Writes to an upload, which whoever began it commits or closes: closing this does nothing. */
public final class UploadStream extends OutputStream {
    private final ObjectUpload upload;

    public UploadStream(ObjectUpload upload) {
        this.upload = upload;
    }

    @Override
    public void write(int value) throws RepositoryException {
        write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws RepositoryException {
        upload.write(bytes, offset, length);
    }
}
