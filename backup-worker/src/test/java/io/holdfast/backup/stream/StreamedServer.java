package io.holdfast.backup.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.backup.source.SourceCluster;
import io.holdfast.events.EventIds;
import io.holdfast.events.RepositoryId;
import io.holdfast.events.TargetId;
import io.holdfast.events.definition.PostgresServer;
import io.holdfast.events.definition.RepositoryDefined;
import io.holdfast.events.definition.TargetDefined;
import io.holdfast.events.definition.WalArchiving;
import io.holdfast.repository.Place;
import io.holdfast.repository.Repository;
import io.holdfast.repository.TargetName;
import io.holdfast.repository.TargetPlace;
import io.holdfast.repository.store.StoreAccess;
import io.holdfast.repository.store.StoreAddress;
import io.holdfast.repository.wal.Lsn;
import io.holdfast.repository.wal.WalSegmentName;
import io.holdfast.runtime.secrets.Secrets;
import io.holdfast.testing.TestFolders;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** A server, a repository of its own in a folder, and streams between them. */
final class StreamedServer implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String TARGET = "orders";

    final BreakableStore.Faults faults = new BreakableStore.Faults();
    private final Path folder;
    private final ExecutorService uploads = Executors.newFixedThreadPool(2);
    private final List<ClusterStream> streams = new ArrayList<>();
    private StreamConfig config = new ShortTimes();

    StreamedServer() throws Exception {
        folder = TestFolders.make("stream");
        Files.createDirectory(folder.resolve("repository"));
    }

    StreamedServer with(StreamConfig other) {
        config = other;
        return this;
    }

    /** Begins a stream as a worker would that knows this much. */
    ClusterStream stream(
            io.holdfast.testing.PostgresServer server,
            @Nullable Continuity known,
            io.holdfast.testing.PostgresServer... standbys) {
        List<Integer> ports = new ArrayList<>(List.of(server.port()));
        Arrays.stream(standbys).forEach(each -> ports.add(each.port()));
        return stream(known, null, ports);
    }

    /** The same for a server that was refused. */
    ClusterStream stream(
            io.holdfast.testing.PostgresServer server, @Nullable Continuity known, @Nullable Refusal refusal) {
        return stream(known, refusal, List.of(server.port()));
    }

    /** The same; the members of the cluster answer at these ports. */
    ClusterStream stream(@Nullable Continuity known, @Nullable Refusal refusal, List<Integer> ports) {
        List<String> hosts = ports.stream().map(each -> "127.0.0.1:" + each).toList();
        PostgresServer defined = new PostgresServer(
                "127.0.0.1",
                ports.getFirst(),
                "postgres",
                null,
                "postgres",
                "prefer",
                null,
                null,
                null,
                false,
                null,
                ports.size() == 1 ? null : hosts);
        RepositoryId repository = new RepositoryId("main");
        StreamedTarget streamed = new StreamedTarget(
                new TargetDefined(new TargetId(TARGET), 1, defined, repository, null, new WalArchiving(true)),
                new RepositoryDefined(repository, 1, address()));
        Clock clock = Clock.systemUTC();
        EventIds ids = new EventIds(clock, new SecureRandom());
        StreamSurroundings surroundings = new StreamSurroundings(
                (definition, work) -> SourceCluster.of(definition, new Secrets(name -> null), work),
                definition -> Repository.openOrInitialise(
                        new BreakableStore(StoreAddress.parse(address()).connect(StoreAccess.NONE), faults),
                        new UUID(1, 2)),
                (target, state) -> {},
                config,
                folder.resolve("work"),
                name -> uploads,
                ids,
                clock,
                new Random());
        StreamState state = new StreamState(streamed, known, Trouble.NONE, refusal, ids, clock, config.tellAfter());
        ClusterStream stream = ClusterStream.start(streamed, surroundings, state);
        streams.add(stream);
        return stream;
    }

    private String address() {
        return folder.resolve("repository").toUri().toString();
    }

    Repository repository() throws Exception {
        return Repository.open(StoreAddress.parse(address()).connect(StoreAccess.NONE));
    }

    static TargetPlace place(Repository repository, io.holdfast.testing.PostgresServer server) {
        String identifier = server.query("postgres", "select system_identifier from pg_control_system()");
        return repository.at(new TargetName(TARGET), Place.ofSystemIdentifier(Long.parseUnsignedLong(identifier)));
    }

    /** Everything that the server has written by now is durable, as the stream says. */
    static Lsn awaitAll(ClusterStream stream, io.holdfast.testing.PostgresServer server) {
        Lsn end = Lsn.parse(server.query("postgres", "select pg_current_wal_flush_lsn()"));
        Awaitility.await()
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(stream.state().continuity())
                        .as("continuity; trouble: " + stream.state().trouble())
                        .hasValueSatisfying(known -> assertThat(known.durable()).isGreaterThanOrEqualTo(end)));
        return end;
    }

    /** What the repository has from here on is byte for byte what lies in the server's pg_wal. */
    int requireEqual(io.holdfast.testing.PostgresServer server, int timeline, Lsn from, Lsn end, int segmentSize)
            throws Exception {
        int compared = 0;
        try (Repository repository = repository()) {
            TargetPlace place = place(repository, server);
            Path work = Files.createDirectories(folder.resolve("reading"));
            long last = end.plus(-1).segmentNumber(segmentSize);
            for (long number = from.segmentNumber(segmentSize); number <= last; number++) {
                WalSegmentName name = WalSegmentName.of(timeline, number, segmentSize);
                byte[] expected = Files.readAllBytes(server.dataDirectory().resolve("pg_wal/" + name));
                byte[] stored;
                try (InputStream in = place.wal(work).open(name)) {
                    stored = in.readAllBytes();
                }
                assertThat(stored).as(name.value()).hasSize(segmentSize);
                int until = number == last ? end.plus(-1).segmentOffset(segmentSize) + 1 : segmentSize;
                assertThat(Arrays.mismatch(stored, 0, until, expected, 0, until))
                        .as("first byte that differs in " + name)
                        .isEqualTo(-1);
                compared++;
            }
        }
        return compared;
    }

    /** Copies the files of a server that does not run. */
    static void copy(Path from, Path to) throws Exception {
        Process copying = new ProcessBuilder(List.of("cp", "-a", from.toString(), to.toString()))
                .inheritIO()
                .start();
        assertThat(copying.waitFor()).isZero();
    }

    /** Puts a server's files of before in the place of those of now, as taking a snapshot back does. */
    static void setBack(io.holdfast.testing.PostgresServer server, Path snapshot) throws Exception {
        TestFolders.delete(server.dataDirectory());
        copy(snapshot, server.dataDirectory());
    }

    /** Restarts a server on a timeline of its own. */
    static void promote(io.holdfast.testing.PostgresServer server) throws Exception {
        server.stop();
        Files.createFile(server.dataDirectory().resolve("standby.signal"));
        server.start();
        assertThat(server.query("postgres", "select pg_promote()")).isEqualTo("t");
    }

    Path folder() {
        return folder;
    }

    static void await(java.util.concurrent.Callable<Boolean> condition) {
        Awaitility.await().atMost(PATIENCE).until(condition);
    }

    @Override
    public void close() {
        faults.hangs.set(false);
        for (ClusterStream stream : streams) {
            stream.abandon();
            await(stream::hasEnded);
        }
        uploads.shutdownNow();
        TestFolders.delete(folder);
    }
}
