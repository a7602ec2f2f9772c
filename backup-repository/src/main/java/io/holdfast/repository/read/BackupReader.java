package io.holdfast.repository.read;

import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.content.ReadProgress;
import io.holdfast.repository.index.FilePath;
import io.holdfast.repository.index.IndexEntries;
import io.holdfast.repository.index.IndexEntry;
import io.holdfast.repository.manifest.BackupManifest;
import io.holdfast.repository.restore.RestoreOptions;
import io.holdfast.repository.restore.RestoreReport;
import io.holdfast.repository.verify.VerificationDepth;
import io.holdfast.repository.verify.VerificationReport;
import io.holdfast.repository.verify.VerifyOptions;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Reads one backup. Safe for use by several threads. Nothing is kept open between calls. An interrupt of the calling
 * thread ends {@link #restoreTo} and {@link #verify} with {@link RepositoryException.Unavailable}; the interrupt stays set.
 */
public interface BackupReader {
    /** What the backup is. */
    BackupManifest manifest();

    /**
     * Hands every entry of the index to the visitor, in the order in which they were written, without holding them all.
     * The index's digest is checked before the first.
     *
     * @throws RepositoryException.Damaged if the index is damaged
     */
    <X extends Exception> void forEachEntry(IndexEntries.Visitor<X> visitor) throws RepositoryException, X;

    /** The entry of a path; reads the index from its beginning. */
    Optional<IndexEntry> find(FilePath path) throws RepositoryException;

    /**
     * The bytes of a file. Every frame's digest and every page's hash is checked before its bytes come out; reading throws
     * {@link RepositoryException.Damaged} naming object and pages.
     */
    InputStream open(IndexEntry.WithContent file) throws RepositoryException;

    /**
     * Writes the backup's files into a directory, reads in parallel, and makes everything durable at the end. Attachments
     * are left out. Symbolic links that point outside the directory are refused. After a failure what was written so far
     * stays, for the caller to remove. Names that are not ASCII need a UTF-8 locale or {@code -Dsun.jnu.encoding=UTF-8}.
     *
     * @param directory must be missing or empty, unless {@linkplain RestoreOptions#compared what is there is compared}; is
     *     made, with mode 0700
     * @throws RepositoryException for what the repository does; {@link RepositoryException.Denied} if it is encrypted and a
     *     key is not here; {@link RepositoryException.Damaged} for the first damage
     *     unless it is accepted
     * @throws IOException for what the file system under {@code directory} does
     */
    RestoreReport restoreTo(Path directory, RestoreOptions options, ReadProgress progress) throws IOException;

    /**
     * Makes sure that a restore would not fail for what can be known beforehand: the data keys open, and the packs that the
     * manifest lists are there. For those who give something up to make room for what is restored. Reads no pack.
     *
     * @param packs whether packs that are missing matter, too; they do not where damage is accepted
     * @throws RepositoryException.Denied if a key is not here
     * @throws RepositoryException.Damaged if a pack is missing, or has another length than it should have
     */
    void requireAtHand(boolean packs) throws RepositoryException;

    /**
     * Reads every stored byte back, as deep as asked for: packs, maps, index, manifest, and the WAL that the backup needs.
     * What is sealed with a data key that is not here is checked as it is stored; the report says how much. Goes on after
     * the first damage.
     *
     * @throws RepositoryException only if the store is not available: damage is in the report
     */
    VerificationReport verify(VerifyOptions options, ReadProgress progress) throws RepositoryException;

    /** As deep as it goes, on so many threads. */
    default VerificationReport verify(int threads, ReadProgress progress) throws RepositoryException {
        return verify(VerifyOptions.of(VerificationDepth.CONTENT, threads), progress);
    }
}
