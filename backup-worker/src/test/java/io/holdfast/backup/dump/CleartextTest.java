package io.holdfast.backup.dump;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.holdfast.backup.replication.ReplicationException;
import io.holdfast.backup.replication.TlsMode;
import io.holdfast.backup.replication.TlsSettings;
import io.holdfast.backup.source.SourceServer;
import io.holdfast.backup.tool.ToolException;
import io.holdfast.repository.AttemptId;
import io.holdfast.repository.BackupId;
import io.holdfast.repository.Place;
import io.holdfast.repository.Repository;
import io.holdfast.repository.TargetName;
import io.holdfast.repository.TargetPlace;
import io.holdfast.repository.store.MemoryObjectStore;
import io.holdfast.repository.write.CommitOutcome;
import io.holdfast.repository.write.WriterOptions;
import io.holdfast.runtime.secrets.Secret;
import io.holdfast.runtime.work.WorkFolder;
import io.holdfast.testing.PostgresServer;
import io.holdfast.testing.TestCertificates;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A server that asks for the password in clear text for one of its databases, and programs that cannot be told to refuse
 * it. {@code 0.0.0.0} leads to this host, but does not say so.
 */
@Timeout(300)
class CleartextTest {
    private static final DumpLimits LIMITS =
            new DumpLimits(Duration.ofSeconds(30), Duration.ofSeconds(60), Duration.ofSeconds(100));
    private static final String ELSEWHERE = "0.0.0.0";

    private static PostgresServer server;

    @TempDir
    private static Path certificateFolder;

    @TempDir
    private Path folder;

    @BeforeAll
    static void startServer() throws Exception {
        int major = InstalledTools.assumeFor(15).version().major();
        assumeTrue(major < 16, "the client programs of this host, " + major + ", can refuse clear text themselves");
        TestCertificates certificates = TestCertificates.in(certificateFolder).sign("server", "server");
        server = PostgresServer.of(15)
                .tls(certificates.certificate("server"), certificates.key("server"), certificates.authority())
                .hba("host greedy backup 127.0.0.1/32 password")
                .hba("host all backup,greedy 127.0.0.1/32 scram-sha-256")
                .start();
        server.execute("postgres", "create role backup superuser login password 'secret'");
    }

    @AfterAll
    static void stopServer() {
        if (server != null) {
            server.close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {ELSEWHERE, "127.0.0.1"})
    void a_server_that_proves_to_know_the_password_is_dumped(String host) throws Exception {
        assertThat(backup(host, false)).isInstanceOf(CommitOutcome.Committed.class);
    }

    @Test
    void no_server_gets_the_password_in_clear_text() {
        server.execute("postgres", "create database greedy");
        try {
            assertThatThrownBy(() -> backup(ELSEWHERE, false))
                    .isInstanceOf(ToolException.Failed.class)
                    .hasMessageContaining("channel binding");
            assertThatThrownBy(() -> backup("127.0.0.1", false))
                    .isInstanceOf(ReplicationException.class)
                    .hasMessageContaining("clear text");
        } finally {
            server.execute("postgres", "drop database greedy");
        }
    }

    @Test
    void who_allows_clear_text_gets_the_dump() throws Exception {
        server.execute("postgres", "create database greedy");
        try {
            assertThat(backup("127.0.0.1", true)).isInstanceOf(CommitOutcome.Committed.class);
        } finally {
            server.execute("postgres", "drop database greedy");
        }
    }

    private CommitOutcome backup(String host, boolean allowCleartext) throws Exception {
        SourceServer source = new SourceServer(
                host,
                server.port(),
                "backup",
                new Secret("secret"),
                "postgres",
                TlsSettings.of(TlsMode.PREFER),
                allowCleartext);
        TargetPlace place = Repository.openOrInitialise(new MemoryObjectStore(), UUID.randomUUID())
                .at(new TargetName("orders"), Place.LOGICAL);
        try (WorkFolder work = WorkFolder.below(folder.resolve("work"))) {
            LogicalBackup.Request request = new LogicalBackup.Request(
                    new BackupId("b1"),
                    new AttemptId("a1"),
                    WriterOptions.defaults(work.newFolder("writer")),
                    work,
                    DumpSelection.ALL,
                    Map.of(),
                    () -> {});
            return new LogicalBackup(InstalledTools.all(), InstantSource.system(), LIMITS)
                    .run(source, place, request, (phase, bytes) -> {});
        }
    }
}
