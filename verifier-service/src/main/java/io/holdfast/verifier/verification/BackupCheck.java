package io.holdfast.verifier.verification;

import io.holdfast.events.FailureCategory;
import io.holdfast.events.verification.Damage;
import io.holdfast.events.verification.VerificationLevel;
import io.holdfast.repository.BackupId;
import io.holdfast.repository.PlaceLayout;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.TargetPlace;
import io.holdfast.repository.index.IndexEntry;
import io.holdfast.repository.index.MapReference;
import io.holdfast.repository.manifest.BackupContent;
import io.holdfast.repository.manifest.BackupManifest;
import io.holdfast.repository.map.MapId;
import io.holdfast.repository.read.BackupReader;
import io.holdfast.repository.verify.VerificationDepth;
import io.holdfast.repository.verify.VerificationReport;
import io.holdfast.repository.verify.VerifyOptions;
import io.holdfast.runtime.postgres.InstallationFolders;
import io.holdfast.verifier.VerifierConfig;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Reads a backup back: first every stored byte against its digests, then, if those are right, whether the parts fit
 * together. Memory does not depend on the backup's size. Thread safe. Decompresses and hashes: for platform threads.
 */
@Singleton
public class BackupCheck {

    /** Every stored byte was read and is authentic; what it says is for those who hold the data keys. */
    private static final Shown ENCRYPTED = new Shown(
            List.of(), List.of("its files are encrypted, and the verifier has no key to look into them with"));

    private final VerifierConfig config;

    BackupCheck(VerifierConfig config) {
        this.config = config;
    }

    /**
     * Checks one backup. An interrupt ends it, with one of the exceptions.
     *
     * @param upTo how much to look at: the bytes at least, the structure at most
     * @throws RepositoryException when the repository cannot be read; what is damaged is in the answer
     * @throws CannotCheckException when a program of PostgreSQL comes to no verdict
     */
    public Findings check(
            TargetPlace place, PlaceLayout layout, BackupId backup, VerificationLevel upTo, CheckProgress progress)
            throws IOException, InterruptedException {
        BackupReader reader;
        try {
            reader = place.read(backup);
        } catch (RepositoryException.Damaged e) {
            return unreadable(layout, backup, FailureCategory.REPOSITORY_DAMAGED, e);
        } catch (RepositoryException.NotFound e) {
            return unreadable(layout, backup, FailureCategory.BACKUP_NOT_FOUND, e);
        }
        BackupManifest manifest = reader.manifest();
        long total = manifest.sizes().bytes();
        boolean opened = upTo.compareTo(VerificationLevel.BYTES) > 0;
        ReadSums sums = new ReadSums();
        Optional<WalCheck> wal = opened && manifest.details().content() instanceof BackupContent.Physical physical
                ? Optional.of(new WalCheck(physical, layout, progress))
                : Optional.empty();
        VerifyOptions options = VerifyOptions.of(
                opened ? VerificationDepth.CONTENT : VerificationDepth.BYTES,
                config.verifier().threads());
        VerificationReport report = reader.verify(
                wal.map(check -> options.withSums(sums).withWal(check)).orElse(options),
                (files, bytes) -> progress.at("read", bytes, total));
        List<Damage> damages =
                new ArrayList<>(report.damages().stream().map(BackupCheck::said).toList());
        boolean bytesAreGood = damages.isEmpty();
        report.missingWal()
                .forEach(segment -> damages.add(
                        new Damage(layout.walSegment(segment).value(), null, "the WAL segment is missing")));
        if (!damages.isEmpty()) {
            FailureCategory category = bytesAreGood ? FailureCategory.WAL_MISSING : FailureCategory.REPOSITORY_DAMAGED;
            VerificationLevel looked =
                    opened && report.bytesNotOpened() == 0 ? VerificationLevel.STRUCTURE : VerificationLevel.BYTES;
            return new Findings(looked, report.storedBytes(), 0, category, damages, List.of());
        }
        if (!opened) {
            return new Findings(
                    VerificationLevel.BYTES,
                    report.storedBytes(),
                    objects(reader),
                    FailureCategory.CHECK_FAILED,
                    List.of(),
                    List.of());
        }
        Shown structure = report.bytesNotOpened() > 0 ? ENCRYPTED : structure(reader, sums, wal, progress);
        return new Findings(
                structure.notes().isEmpty() || !structure.damages().isEmpty()
                        ? VerificationLevel.STRUCTURE
                        : VerificationLevel.BYTES,
                report.storedBytes(),
                objects(reader),
                FailureCategory.CHECK_FAILED,
                structure.damages(),
                structure.notes());
    }

    private Shown structure(BackupReader reader, ReadSums sums, Optional<WalCheck> wal, CheckProgress progress)
            throws IOException, InterruptedException {
        return switch (reader.manifest().details().content()) {
            case BackupContent.Physical physical ->
                new PhysicalCheck(config.verifier().threads(), sums, wal.orElseThrow())
                        .check(reader, physical, progress);
            case BackupContent.Logical logical ->
                new LogicalCheck(
                                PostgresPrograms.in(InstallationFolders.of(
                                        config.postgresInstallations().orElse(List.of()))),
                                config.verifier().dumpTimeout())
                        .check(reader, logical, progress);
        };
    }

    private static Findings unreadable(
            PlaceLayout layout, BackupId backup, FailureCategory category, RepositoryException e) {
        return new Findings(
                VerificationLevel.BYTES,
                0,
                0,
                category,
                List.of(new Damage(layout.manifest(backup).value(), null, e.what())),
                List.of());
    }

    private static Damage said(io.holdfast.repository.content.Damage damage) {
        StringBuilder what = new StringBuilder(damage.detail());
        damage.pages().ifPresent(pages -> what.append("; concerns ").append(pages));
        if (damage.files().size() > 1) {
            what.append("; concerns ").append(damage.files().size() - 1).append(" files more");
        }
        return new Damage(
                damage.object().value(),
                damage.files().isEmpty() ? null : damage.files().getFirst().value(),
                what.toString());
    }

    /** The manifest, the index, the packs of this attempt, shared maps and WAL segments. */
    private static long objects(BackupReader reader) throws RepositoryException {
        Set<MapId> maps = new HashSet<>();
        reader.forEachEntry(entry -> {
            if (entry instanceof IndexEntry.WithContent file) {
                for (MapReference reference : file.maps()) {
                    if (reference instanceof MapReference.Shared shared) {
                        maps.add(shared.id());
                    }
                }
            }
        });
        BackupManifest manifest = reader.manifest();
        long segments = switch (manifest.details().content()) {
            case BackupContent.Physical physical -> physical.wal().segments().size();
            case BackupContent.Logical logical -> 0;
        };
        return 2L + manifest.packs().size() + maps.size() + segments;
    }
}
