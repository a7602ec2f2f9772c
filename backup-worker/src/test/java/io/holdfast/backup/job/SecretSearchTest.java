package io.holdfast.backup.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.backup.dump.InstalledTools;
import io.holdfast.events.BackupKind;
import io.holdfast.events.TargetId;
import io.holdfast.events.backup.BackupCompleted;
import io.holdfast.events.backup.BackupFailed;
import io.holdfast.events.signing.EventSigner;
import io.holdfast.events.wire.WireEvent;
import io.holdfast.repository.Place;
import io.holdfast.repository.Repository;
import io.holdfast.repository.TargetName;
import io.holdfast.repository.index.IndexEntry;
import io.holdfast.repository.manifest.BackupManifest;
import io.holdfast.repository.read.BackupReader;
import io.holdfast.repository.store.FileObjectStore;
import io.holdfast.testing.KafkaBroker;
import io.holdfast.testing.PostgresServer;
import io.holdfast.testing.Surrounding;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Looks for the target's password everywhere it must not be, while it is used and afterwards. */
@QuarkusTest
@TestProfile(BackupWorkerProfile.class)
@Timeout(300)
class SecretSearchTest {
    private static final String PASSWORD = "Tr0ub4dor-and-3-sought-for-everywhere";

    @Surrounding
    private KafkaBroker broker;

    @Surrounding
    private EventSigner signer;

    @TempDir
    private Path folder;

    @Test
    void the_password_is_in_no_event_log_line_argument_environment_or_stored_object() throws Exception {
        InstalledTools.assumeFor(15);
        ControlPlane control = new ControlPlane(broker, signer);
        Path repository = folder.resolve("repository");
        Path secret = Files.writeString(folder.resolve("secret"), PASSWORD + "\n");
        Queue<String> log = new ConcurrentLinkedQueue<>();
        Handler listening = listening(log);
        Logger root = Logger.getLogger("");
        root.addHandler(listening);
        Processes processes = new Processes();
        try (PostgresServer server = PostgresServer.of(15)
                .hba("host all,replication backup 127.0.0.1/32 scram-sha-256")
                .start()) {
            server.execute(
                    "postgres",
                    "create role backup superuser replication login password '" + PASSWORD + "'",
                    "create table orders as select repeat(md5(id::text), 20) as note from generate_series(1, 20000) as id");
            Thread watching = Thread.ofPlatform().start(processes);
            TargetId target =
                    control.define(ControlPlane.reached(server.port(), "backup", "file:" + secret, null), repository);

            // when
            control.outcome(target, BackupKind.LOGICAL, BackupCompleted.class);
            control.outcome(target, BackupKind.FULL, BackupCompleted.class);
            server.execute("postgres", "alter role backup password 'changed'");
            control.outcome(target, BackupKind.FULL, BackupFailed.class);
            control.outcome(target, BackupKind.LOGICAL, BackupFailed.class);
            processes.stop = true;
            watching.join();

            // then
            assertThat(processes.sawDump).as("pg_dump was seen while it ran").isTrue();
            assertThat(processes.found).isEmpty();
            assertThat(String.join("\n", log))
                    .contains("password authentication failed")
                    .doesNotContain(PASSWORD);
            assertThat(control.everything())
                    .isNotEmpty()
                    .allSatisfy(record -> assertThat(text(record)).doesNotContain(PASSWORD));
            assertThat(storedFiles(repository, target)).isGreaterThan(100);
        } finally {
            processes.stop = true;
            root.removeHandler(listening);
        }
    }

    private static String text(WireEvent record) {
        return record.headers() + new String(record.data(), StandardCharsets.UTF_8);
    }

    /** Looks into every object as it lies there, and into every file of every backup as it would be restored. */
    private static int storedFiles(Path repository, TargetId target) throws IOException {
        try (Stream<Path> objects = Files.walk(repository)) {
            for (Path object : objects.filter(Files::isRegularFile).toList()) {
                assertThat(contains(Files.newInputStream(object)))
                        .as("%s", object)
                        .isFalse();
            }
        }
        List<String> looked = new ArrayList<>();
        try (Repository opened = Repository.open(FileObjectStore.at(repository))) {
            for (BackupManifest manifest : StoredBackup.all(repository, target)) {
                Place place = manifest.place();
                BackupReader reader =
                        opened.at(new TargetName(target.value()), place).read(manifest.backup());
                reader.forEachEntry(entry -> {
                    if (entry instanceof IndexEntry.WithContent file) {
                        assertThat(contains(reader.open(file)))
                                .as("%s", file.path())
                                .isFalse();
                        looked.add(file.path().value());
                    }
                });
            }
        }
        return looked.size();
    }

    private static boolean contains(InputStream stream) throws IOException {
        try (stream) {
            return new String(stream.readAllBytes(), StandardCharsets.ISO_8859_1).contains(PASSWORD);
        }
    }

    private static Handler listening(Queue<String> log) {
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord record) {
                log.add(record.getMessage() + " " + Arrays.toString(record.getParameters()) + " " + record.getThrown());
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        handler.setLevel(Level.ALL);
        return handler;
    }

    /** Reads the arguments and environments of all processes over and over, as a curious neighbour would. */
    private static final class Processes implements Runnable {
        private final List<String> found = new ArrayList<>();
        private volatile boolean stop;
        private volatile boolean sawDump;

        @Override
        public void run() {
            while (!stop) {
                try (Stream<Path> all = Files.list(Path.of("/proc"))) {
                    all.filter(path -> Character.isDigit(
                                    path.getFileName().toString().charAt(0)))
                            .forEach(this::look);
                    // Often enough to meet every program, seldom enough to leave it the processor.
                    TimeUnit.MILLISECONDS.sleep(10);
                } catch (IOException | InterruptedException e) {
                    found.add("/proc cannot be watched: " + e);
                    return;
                }
            }
        }

        private void look(Path process) {
            String arguments = read(process.resolve("cmdline"));
            sawDump |= arguments.contains("pg_dump\0");
            if ((arguments + read(process.resolve("environ"))).contains(PASSWORD)) {
                found.add(arguments.replace('\0', ' '));
            }
        }

        private static String read(Path file) {
            try {
                return Files.readString(file, StandardCharsets.ISO_8859_1);
            } catch (IOException e) {
                // It ended, or belongs to somebody else.
                return "";
            }
        }
    }
}
