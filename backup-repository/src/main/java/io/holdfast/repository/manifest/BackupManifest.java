package io.holdfast.repository.manifest;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import io.holdfast.repository.AttemptId;
import io.holdfast.repository.BackupId;
import io.holdfast.repository.Place;
import io.holdfast.repository.TargetName;
import io.holdfast.repository.index.IndexReference;
import io.holdfast.repository.seal.KeyId;
import java.util.List;

/**
 * What a backup is. Stored last and only if absent: the backup exists exactly when this object does.
 *
 * @param details what its maker said about it
 * @param pageSize bytes of a page, 8192
 * @param pageHashSeed seed of the page hashes, 16 hexadecimal digits; a later incremental takes it over
 * @param sizes how much there is
 * @param index the object that lists all files
 * @param packs the packs this attempt wrote, in order
 * @param refersTo attempts of earlier backups whose packs are used as well
 * @param usedBytes how many stored bytes of each of them are used, in the same order; empty if its writer did not count
 * @param dataKeys the data keys that its packs are sealed with, its own first; none if it is not sealed
 */
public record BackupManifest(
        BackupId backup,
        AttemptId attempt,
        TargetName target,
        Place place,
        BackupDetails details,
        int pageSize,
        String pageHashSeed,
        Sizes sizes,
        IndexReference index,
        List<PackReference> packs,
        List<AttemptReference> refersTo,
        @JsonSetter(nulls = Nulls.AS_EMPTY) List<Long> usedBytes,
        List<KeyId> dataKeys) {
    public BackupManifest {
        packs = List.copyOf(packs);
        refersTo = List.copyOf(refersTo);
        usedBytes = List.copyOf(usedBytes);
        dataKeys = List.copyOf(dataKeys);
        if (!usedBytes.isEmpty() && usedBytes.size() != refersTo.size()) {
            throw new IllegalArgumentException(
                    usedBytes.size() + " numbers of used bytes for " + refersTo.size() + " attempts");
        }
    }

    /** Whether it is encrypted: the manifest itself, the index, and at least the packs of its own attempt. */
    @JsonIgnore
    public boolean isSealed() {
        return !dataKeys.isEmpty();
    }

    /**
     * How much a backup is.
     *
     * @param files regular files and attachments
     * @param bytes of all files, as they will be restored
     * @param storedBytes of packs, new maps and index that this attempt wrote
     */
    public record Sizes(long files, long bytes, long storedBytes) {}

    /**
     * One pack of this attempt.
     *
     * @param length stored bytes
     * @param sha256 of the stored bytes, 64 hexadecimal digits
     */
    public record PackReference(int number, long length, String sha256) {}

    /** An attempt of another backup of the same place. */
    public record AttemptReference(BackupId backup, AttemptId attempt) {}
}
