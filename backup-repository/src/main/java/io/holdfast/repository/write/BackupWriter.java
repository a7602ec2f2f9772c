package io.holdfast.repository.write;

import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.index.FilePath;
import io.holdfast.repository.manifest.BackupDetails;
import java.time.Instant;
import java.util.Optional;

/**
 * Writes one attempt at a backup. A thread hands over one file after another; compressing, hashing and storing go on in the
 * background within a bound of memory. Without a parent several files may be open at the same time, each handed over by a
 * thread of its own, within the same bound; it has to have room for a frame (about 300 KiB) of each, and at stores over a
 * network each takes a part (8 MiB) more. {@link #commit} is for one thread, when all files are finished.
 *
 * <p>An error of any stage comes out of the next call, and at the latest out of {@link #commit}. An interrupt of the
 * calling thread ends the attempt: the call throws {@link RepositoryException.Unavailable}, the interrupt stays set.
 * Whatever happens before the manifest is stored, no listing of backups shows the attempt.
 */
public interface BackupWriter extends AutoCloseable {
    /** Begins a file. With a parent, the one before must be finished. */
    FileSink beginFile(FileHeader header) throws RepositoryException;

    /**
     * Begins a file of which only changed pages come, one behind the other; all others are as the parent has them under
     * the same path. For a writer with a parent that has the file.
     *
     * @throws RepositoryException.Damaged if the parent does not have the file, or, out of this or a later call, if pages
     *     of it that are kept are lost
     */
    FileSink beginChangedFile(FileHeader header, ChangedPages pages) throws RepositoryException;

    /**
     * Why all pages have to come rather than only those that changed, if so: some of what the parent uses is to be stored
     * anew. {@link #beginChangedFile} may fail then.
     */
    Optional<String> wantsAllPages();

    /**
     * Adds a directory. Needed only where mode or emptiness matters: restoring makes missing parents.
     *
     * @param mode permission bits
     */
    void addDirectory(FilePath path, int mode, Instant modified) throws RepositoryException;

    /** Adds a symbolic link. */
    void addSymbolicLink(FilePath path, String destination, Instant modified) throws RepositoryException;

    /** How far it is; for any thread. */
    WriteProgress progress();

    /**
     * Waits until everything is durable, then creates the manifest if absent. Committing an attempt again whose outcome
     * got lost is {@link CommitOutcome.Committed} too, if its manifest is there.
     */
    CommitOutcome commit(BackupDetails details) throws RepositoryException;

    /** Ends the attempt, if not committed: open uploads are aborted, threads ended, the work directory cleaned. */
    @Override
    void close();
}
