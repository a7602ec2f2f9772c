package io.holdfast.repository.store.s3;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.repository.BackupId;
import io.holdfast.repository.SampleBackup;
import io.holdfast.repository.TargetPlace;
import io.holdfast.repository.content.ReadProgress;
import io.holdfast.repository.index.FilePath;
import io.holdfast.repository.read.BackupReader;
import io.holdfast.repository.restore.RestoreOptions;
import io.holdfast.repository.store.remote.FaultyWay;
import io.holdfast.repository.store.remote.FaultyWay.Fault;
import io.holdfast.repository.store.remote.Waiting;
import io.holdfast.repository.write.WriterOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole backup by way of a store where every third request fails in one way or another. */
class S3RepositoryTest {
    @Test
    void a_backup_is_written_verified_and_restored_over_a_way_full_of_faults(@TempDir Path scratch) throws Exception {
        Map<FilePath, byte[]> files = SampleBackup.files();
        Waiting waiting = new Waiting(System::nanoTime, time -> {}, new Random(1));
        try (S3Server server = S3Server.start();
                FaultyWay way = new FaultyWay(server.endpoint())) {
            S3Location location =
                    S3Server.location(way.endpoint(), "some/where", "part_size=5M&silence_timeout=1s&give_up_after=2m");
            try (S3ObjectStore store = S3ObjectStore.connect(
                    location, S3Server.ACCESS, new S3Bucket.Surroundings(Clock.systemUTC(), waiting, new Random(2)))) {
                AtomicInteger faults = everyThirdFails(way);

                TargetPlace place = SampleBackup.place(store);
                SampleBackup.writeWal(place, scratch);
                SampleBackup.write(
                        place,
                        "b1",
                        files,
                        SampleBackup.physical(),
                        WriterOptions.defaults(scratch).withPackBytes(6 << 20));
                BackupReader backup = place.read(new BackupId("b1"));

                assertThat(backup.verify(2, ReadProgress.NONE).isGood()).isTrue();
                Path restored = scratch.resolve("restored");
                backup.restoreTo(restored, RestoreOptions.defaults(), ReadProgress.NONE);
                for (Map.Entry<FilePath, byte[]> file : files.entrySet()) {
                    assertThat(Files.readAllBytes(restored.resolve(file.getKey().value())))
                            .isEqualTo(file.getValue());
                }
                assertThat(faults.get()).isGreaterThan(10);
            }
        }
    }

    private static AtomicInteger everyThirdFails(FaultyWay way) {
        List<Fault> faults = List.of(
                new Fault.LoseAnswer(),
                new Fault.CutAnswer(100_000),
                new Fault.CutRequest(),
                new Fault.Answer(503, List.of("Retry-After: 1"), ""),
                new Fault.CutAnswer(0),
                new Fault.Answer(500, List.of(), ""),
                new Fault.Answer(429, List.of(), ""));
        AtomicInteger asked = new AtomicInteger();
        AtomicInteger failed = new AtomicInteger();
        // Each rule takes its turn: the third request the first fault, the sixth the second, and so on.
        way.on(
                request -> asked.incrementAndGet() % 3 == 0 && failed.incrementAndGet() > 0,
                Integer.MAX_VALUE,
                () -> faults.get(failed.get() % faults.size()));
        return failed;
    }
}
