package io.holdfast.repository.verify;

import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.seal.KeyId;
import io.holdfast.repository.wal.Lsn;
import io.holdfast.repository.wal.StoredWal;
import io.holdfast.repository.wal.WalSegmentName;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads segments for somebody who looks into them, and notes which were found whole by that. For one thread. */
final class WalPass {
    private static final Logger LOG = LoggerFactory.getLogger(WalPass.class);

    private final StoredWal wal;
    private final Lsn stopLsn;
    private final Set<WalSegmentName> whole = new HashSet<>();

    /**
     * @param keysUsed is told each data key that something is sealed with
     */
    WalPass(StoredWal wal, Lsn stopLsn, Consumer<KeyId> keysUsed) {
        this.wal = wal.tellingKeys(keysUsed);
        this.stopLsn = stopLsn;
    }

    /** Has the segments looked into, as far as they can be opened. */
    void run(WalReading reading) throws RepositoryException {
        try {
            reading.read(segment -> new Segment(segment, wal.openUntil(segment, stopLsn)));
        } catch (RepositoryException.Denied e) {
            LOG.debug("The WAL is checked as it is stored, not opened: {}", e.what());
        } catch (IOException e) {
            throw RepositoryException.from(e, "Reading the WAL");
        }
    }

    /** Whether a segment was read to its end, and every digest of it is right. */
    boolean isWhole(WalSegmentName segment) {
        return whole.contains(segment);
    }

    private final class Segment extends FilterInputStream {
        private final WalSegmentName name;
        private boolean failed;

        Segment(WalSegmentName name, InputStream in) {
            super(in);
            this.name = name;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            try {
                return super.read(bytes, offset, length);
            } catch (IOException e) {
                failed = true;
                throw e;
            }
        }

        @Override
        public void close() throws IOException {
            try (InputStream rest = in) {
                if (!failed) {
                    rest.transferTo(OutputStream.nullOutputStream());
                    whole.add(name);
                }
            } catch (RepositoryException.Damaged e) {
                // Not whole, then: it is checked once more by itself, and that says what is wrong with which object.
                LOG.debug("{} is damaged: {}", name, e.what());
            }
        }
    }
}
