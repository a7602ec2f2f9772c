package io.holdfast.restore.physical;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.repository.wal.Lsn;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecoveryLogTest {
    @TempDir
    Path folder;

    @Test
    void what_the_last_start_said_counts_and_nothing_from_before() throws Exception {
        Path log = folder.resolve("server.log");
        Files.writeString(log, """
                2026-11-21 10:00:00.000 GMT [1] LOG:  last completed transaction was at log time 2020-01-01 00:00:00+00
                """);
        long from = RecoveryLog.length(log);
        Files.writeString(log, Files.readString(log) + """
                2026-11-21 10:00:01.000 GMT [2] LOG:  recovery stopping before commit of transaction 812, time 2026-11-21 09:59:59.123456+00
                2026-11-21 10:00:01.000 GMT [2] LOG:  redo done at 2/3A0001F8 system usage: CPU: user: 0.00 s
                2026-11-21 10:00:01.000 GMT [2] LOG:  last completed transaction was at log time 2026-11-21 09:59:58.5+00
                """);

        RecoveryLog read = RecoveryLog.read(folder, log, from);

        assertThat(read.lastRecord()).contains(Lsn.parse("2/3A0001F8"));
        assertThat(read.lastTransaction()).contains(Instant.parse("2026-11-21T09:59:58.5Z"));
        assertThat(read.transaction()).contains(812L);
        assertThat(read.endedEarly()).isFalse();
    }

    @Test
    void a_log_that_ends_before_the_target_says_so() throws Exception {
        Path log = Files.writeString(folder.resolve("server.log"), """
                2026-11-21 10:00:01.000 GMT [2] FATAL:  recovery ended before configured recovery target was reached
                """);

        assertThat(RecoveryLog.read(folder, log, 0).endedEarly()).isTrue();
        assertThat(RecoveryLog.read(folder, log, RecoveryLog.length(log)).endedEarly())
                .isFalse();
    }
}
