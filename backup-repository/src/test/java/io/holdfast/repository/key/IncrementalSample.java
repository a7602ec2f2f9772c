package io.holdfast.repository.key;

import io.holdfast.repository.AttemptId;
import io.holdfast.repository.BackupId;
import io.holdfast.repository.SampleBackup;
import io.holdfast.repository.TargetPlace;
import io.holdfast.repository.index.FilePath;
import io.holdfast.repository.manifest.BackupDetails;
import io.holdfast.repository.manifest.BackupKind;
import io.holdfast.repository.manifest.BackupManifest;
import io.holdfast.repository.write.BackupWriter;
import io.holdfast.repository.write.CommitOutcome;
import io.holdfast.repository.write.FileHeader;
import io.holdfast.repository.write.FileSink;
import io.holdfast.repository.write.WriterOptions;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A backup that is compared with another. */
final class IncrementalSample {
    private IncrementalSample() {}

    static BackupManifest write(
            TargetPlace place, String id, BackupManifest parent, Map<FilePath, byte[]> files, WriterOptions options)
            throws Exception {
        try (BackupWriter writer = place.beginIncremental(new BackupId(id), new AttemptId("a1"), parent, options)) {
            for (Map.Entry<FilePath, byte[]> file : files.entrySet()) {
                FileSink sink = writer.beginFile(new FileHeader.Regular(file.getKey(), 0600, SampleBackup.NOW));
                sink.write(file.getValue(), 0, file.getValue().length);
                sink.finish();
            }
            BackupDetails full = SampleBackup.logical();
            BackupDetails details = new BackupDetails(
                    BackupKind.INCREMENTAL,
                    Optional.of(parent.backup()),
                    full.startedAt(),
                    full.finishedAt(),
                    full.content(),
                    List.of(),
                    Map.of());
            return ((CommitOutcome.Committed) writer.commit(details)).manifest();
        }
    }
}
