package io.holdfast.repository.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.repository.AttemptId;
import io.holdfast.repository.BackupId;
import io.holdfast.repository.SampleBackup;
import io.holdfast.repository.TargetPlace;
import io.holdfast.repository.content.ReadProgress;
import io.holdfast.repository.index.FilePath;
import io.holdfast.repository.read.BackupReader;
import io.holdfast.repository.store.MemoryObjectStore;
import io.holdfast.repository.store.MeteredStore;
import io.holdfast.repository.write.BackupWriter;
import io.holdfast.repository.write.FileHeader;
import io.holdfast.repository.write.FileSink;
import io.holdfast.repository.write.WriterOptions;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class VerificationReadsTest {
    private static final BackupId ID = new BackupId("b1");

    @ParameterizedTest
    @EnumSource(VerificationDepth.class)
    void packs_of_files_that_were_written_at_the_same_time_are_read_from_one_end_to_the_other(
            VerificationDepth depth, @TempDir Path work) throws Exception {
        // given: files that lie by turns in two packs
        MeteredStore store = new MeteredStore(new MemoryObjectStore());
        TargetPlace place = SampleBackup.place(store);
        byte[] bytes = SampleBackup.random(new Random(1), 300_000);
        try (BackupWriter writer = place.beginBackup(ID, new AttemptId("a1"), WriterOptions.defaults(work))) {
            FileSink before = begin(writer, 0);
            for (int i = 1; i < 10; i++) {
                FileSink next = begin(writer, i);
                before.write(bytes, 0, bytes.length);
                before.finish();
                before = next;
            }
            before.finish();
            writer.commit(SampleBackup.logical());
        }
        BackupReader backup = place.read(ID);
        assertThat(backup.manifest().packs()).hasSize(2);
        store.packBytes();

        // when
        VerificationReport report = backup.verify(VerifyOptions.of(depth, 2), ReadProgress.NONE);

        // then nothing of them was asked for by ranges
        assertThat(report.isGood()).isTrue();
        assertThat(report.storedBytes()).isEqualTo(backup.manifest().sizes().storedBytes());
        assertThat(store.packBytes()).isZero();
    }

    private static FileSink begin(BackupWriter writer, int number) throws Exception {
        return writer.beginFile(new FileHeader.Regular(new FilePath("f" + number), 0600, SampleBackup.NOW));
    }
}
