package io.holdfast.backup.job;

import io.holdfast.backup.base.BackupMethod;
import io.holdfast.events.BackupId;
import io.holdfast.events.backup.BackupCompleted;
import io.holdfast.events.request.BackupRequested;
import io.holdfast.repository.PlaceLayout;
import io.holdfast.repository.manifest.BackupContent;
import io.holdfast.repository.manifest.BackupContent.DumpedDatabase;
import io.holdfast.repository.manifest.BackupManifest;
import io.holdfast.repository.manifest.NotedException;
import io.holdfast.repository.manifest.WalNeeded;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Says a completed backup from its manifest alone, so that whichever worker says it, after whatever happened, says the
 * same. Pure.
 */
final class Completion {
    // An event has a limited length; the manifest has them all.
    private static final int MOST_DATABASES = 1000;
    private static final int MOST_EXCEPTIONS = 50;
    private static final int LONGEST_EXCEPTION = 500;

    private Completion() {}

    static BackupCompleted of(BackupWork work, BackupManifest manifest) {
        BackupRequested request = work.request();
        return switch (manifest.details().content()) {
            case BackupContent.Physical physical -> {
                WalNeeded wal = physical.wal();
                yield completed(
                        work,
                        request,
                        manifest,
                        new Physical(
                                wal.timeline(),
                                wal.startLsn().toString(),
                                wal.stopLsn().toString(),
                                physical.systemIdentifier()),
                        physical.serverVersion(),
                        null);
            }
            case BackupContent.Logical logical ->
                completed(
                        work,
                        request,
                        manifest,
                        new Physical(null, null, null, null),
                        logical.serverVersion(),
                        databases(logical));
        };
    }

    /** The fields that only physical backups have. */
    private record Physical(
            @Nullable Integer timeline,
            @Nullable String startLsn,
            @Nullable String stopLsn,
            @Nullable String systemIdentifier) {}

    private static BackupCompleted completed(
            BackupWork work,
            BackupRequested request,
            BackupManifest manifest,
            Physical physical,
            int serverVersion,
            @Nullable List<String> databases) {
        return new BackupCompleted(
                work.backup(),
                request.target(),
                request.kind(),
                work.repository().repository(),
                new PlaceLayout(manifest.target(), manifest.place())
                        .manifest(manifest.backup())
                        .value(),
                manifest.sizes().bytes(),
                manifest.sizes().storedBytes(),
                manifest.details().startedAt(),
                manifest.details().finishedAt(),
                physical.timeline(),
                physical.startLsn(),
                physical.stopLsn(),
                physical.systemIdentifier(),
                versionText(serverVersion),
                databases,
                manifest.details()
                        .parent()
                        .map(parent -> BackupId.of(parent.value()))
                        .orElse(null),
                manifest.details().labels().get(BackupMethod.LABEL),
                manifest.details().labels().get(BackupMethod.REASON_LABEL),
                exceptions(manifest.details().exceptions()),
                request.reason(),
                request.requestedBy(),
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
                noted.stream().limit(MOST_EXCEPTIONS).map(Completion::text).toList());
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
        return number >= 100_000
                ? number / 10_000 + "." + number % 10_000
                : number / 10_000 + "." + number / 100 % 100 + "." + number % 100;
    }
}
