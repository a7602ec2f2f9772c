package io.holdfast.runtime.repository;

import io.holdfast.events.BackupId;
import io.holdfast.events.BackupKind;
import io.holdfast.events.RepositoryId;
import io.holdfast.events.TargetId;
import io.holdfast.events.backup.BackupCompleted;
import io.holdfast.repository.PlaceLayout;
import io.holdfast.repository.manifest.BackupContent;
import io.holdfast.repository.manifest.BackupContent.DumpedDatabase;
import io.holdfast.repository.manifest.BackupDetails;
import io.holdfast.repository.manifest.BackupManifest;
import io.holdfast.repository.manifest.NotedException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Says a completed backup from its manifest alone, so that whoever says it, after whatever happened, says the same. Pure.
 *
 * @param kind as it was asked for
 * @param repository where it lies
 * @param reason why it was made
 * @param requestedBy who wanted it
 */
public record CompletedBackup(
        BackupKind kind,
        RepositoryId repository,
        @Nullable String reason,
        @Nullable String requestedBy) {
    // An event has a limited length; the manifest has them all.
    private static final int MOST_DATABASES = 1000;
    private static final int MOST_EXCEPTIONS = 50;
    private static final int LONGEST_EXCEPTION = 500;
    private static final int NEW_NUMBERS = 100_000;

    /** What its maker says of the backup. */
    public BackupCompleted of(BackupManifest manifest) {
        return switch (manifest.details().content()) {
            case BackupContent.Physical physical -> completed(manifest, physical, physical.serverVersion(), null);
            case BackupContent.Logical logical ->
                completed(manifest, null, logical.serverVersion(), databases(logical));
        };
    }

    private BackupCompleted completed(
            BackupManifest manifest,
            BackupContent.@Nullable Physical physical,
            int serverVersion,
            @Nullable List<String> databases) {
        BackupDetails details = manifest.details();
        return new BackupCompleted(
                BackupId.of(manifest.backup().value()),
                new TargetId(manifest.target().value()),
                kind,
                repository,
                new PlaceLayout(manifest.target(), manifest.place())
                        .manifest(manifest.backup())
                        .value(),
                manifest.sizes().bytes(),
                manifest.sizes().storedBytes(),
                details.startedAt(),
                details.finishedAt(),
                physical == null ? null : physical.wal().timeline(),
                physical == null ? null : physical.wal().startLsn().toString(),
                physical == null ? null : physical.wal().stopLsn().toString(),
                physical == null ? null : physical.systemIdentifier(),
                versionText(serverVersion),
                databases,
                details.parent().map(parent -> BackupId.of(parent.value())).orElse(null),
                details.labels().get(BackupDetails.METHOD_LABEL),
                details.labels().get(BackupDetails.FALLBACK_REASON_LABEL),
                exceptions(details.exceptions()),
                reason,
                requestedBy,
                manifest.isSealed());
    }

    private static @Nullable List<String> databases(BackupContent.Logical logical) {
        return logical.databases().size() > MOST_DATABASES
                ? null
                : logical.databases().stream().map(DumpedDatabase::name).toList();
    }

    private static @Nullable List<String> exceptions(List<NotedException> noted) {
        if (noted.isEmpty()) {
            return null;
        }
        List<String> said = new ArrayList<>(
                noted.stream().limit(MOST_EXCEPTIONS).map(CompletedBackup::text).toList());
        if (noted.size() > MOST_EXCEPTIONS) {
            said.add((noted.size() - MOST_EXCEPTIONS) + " more are in the manifest");
        }
        return said;
    }

    private static String text(NotedException noted) {
        String text = noted.what() + noted.file().map(file -> " (" + file + ")").orElse("") + ": " + noted.detail();
        return text.length() > LONGEST_EXCEPTION ? text.substring(0, LONGEST_EXCEPTION) + "…" : text;
    }

    /** The version as people write it: 170011 is 17.11, 90624 is 9.6.24. */
    static String versionText(int number) {
        return number >= NEW_NUMBERS
                ? number / 10_000 + "." + number % 10_000
                : number / 10_000 + "." + number / 100 % 100 + "." + number % 100;
    }
}
