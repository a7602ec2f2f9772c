package io.holdfast.restore.extract;

import io.holdfast.events.FailureCategory;
import io.holdfast.events.restore.RestoreCompleted.CheckResult;
import io.holdfast.events.restore.RestoreCompleted.Phase;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.manifest.BackupContent;
import io.holdfast.restore.RepositoryFailures;
import io.holdfast.restore.RestoreException;
import io.holdfast.restore.RestorePhase;
import io.holdfast.restore.RestoreWatch;
import io.holdfast.restore.cluster.PostgresInstallation;
import io.holdfast.restore.cluster.PostgresInstallations;
import io.holdfast.restore.cluster.PostgresVersion;
import io.holdfast.restore.cluster.PrivateSocket;
import io.holdfast.restore.cluster.Programs;
import io.holdfast.restore.cluster.RunAs;
import io.holdfast.restore.logical.LoadedDatabase;
import io.holdfast.restore.logical.LogicalRestore;
import io.holdfast.restore.physical.ClusterLook;
import io.holdfast.restore.physical.PhysicalRequest;
import io.holdfast.restore.physical.PhysicalRestore;
import io.holdfast.restore.physical.RestoreRoots;
import io.holdfast.restore.physical.RestoredCluster;
import io.holdfast.restore.sandbox.Sandbox;
import io.holdfast.restore.sandbox.SandboxLimits;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Brings a database, a schema or a table back out of a physical backup, as it was at a moment: recovers the cluster in a
 * sandbox, dumps what is wanted out of it, and loads that into the database of a running server while it is dumped. The sandbox
 * is gone afterwards, whatever happens. Several may run at once, each in a call of its own.
 */
public final class ClusterExtract {
    private static final System.Logger LOG = System.getLogger(ClusterExtract.class.getName());
    private static final String OURS = "-c default_transaction_read_only=on -c search_path=pg_catalog";
    private static final String PG_DUMP = "pg_dump";

    private final PhysicalRestore engine;
    private final LogicalRestore loading;
    private final PostgresInstallations installations;
    private final Programs programs;
    private final @Nullable String runAsUser;
    private final Path folder;
    private final SandboxLimits limits;

    /**
     * @param engine restores; where it writes and what its servers run in is replaced by the sandbox
     * @param runAsUser as whom servers run where we are root; absent: {@code postgres}, else {@code nobody}
     * @param folder where sandboxes are made
     */
    public ClusterExtract(
            PhysicalRestore engine,
            LogicalRestore loading,
            PostgresInstallations installations,
            Programs programs,
            @Nullable String runAsUser,
            Path folder,
            SandboxLimits limits) {
        this.engine = engine;
        this.loading = loading;
        this.installations = installations;
        this.programs = programs;
        this.runAsUser = runAsUser;
        this.folder = folder;
        this.limits = limits;
    }

    /**
     * Does it. What can be seen to fail at the destination is refused before anything is fetched.
     *
     * @throws InterruptedException when it was stopped
     */
    public ExtractedPart run(ExtractRequest request, RestoreWatch watch) throws RestoreException, InterruptedException {
        PostgresVersion server = version(request);
        PostgresInstallation tools = installations.atLeast(PG_DUMP, server);
        PostgresVersion maker = installations.version(tools, PG_DUMP);
        loading.requireFit(request.order(), server, maker);
        PostgresInstallation installation = installations.forServer(server.major());
        List<Path> shown = Stream.concat(installation.parts().stream(), tools.parts().stream())
                .distinct()
                .toList();
        try (Sandbox sandbox = open(RunAs.of(runAsUser, programs), shown)) {
            Taking taking = new Taking(request, sandbox, tools, server, maker);
            Path data = sandbox.folder().resolve("data");
            try {
                RestoredCluster cluster = engine.in(new RestoreRoots(List.of(sandbox.folder())), sandbox)
                        .run(physical(request, data), watch, taking);
                return taking.part(cluster);
            } catch (RestoreException e) {
                return taking.partAfter(e);
            }
        }
    }

    private static PostgresVersion version(ExtractRequest request) throws RestoreException {
        try {
            if (request.place().read(request.backup()).manifest().details().content()
                    instanceof BackupContent.Physical content) {
                return PostgresVersion.ofNumber(content.serverVersion());
            }
        } catch (RepositoryException e) {
            throw RepositoryFailures.of(e);
        }
        throw new RestoreException(
                FailureCategory.CONFIGURATION,
                "backup " + request.backup() + " holds dumps, though a physical one was asked for.",
                "ask for the restore again.");
    }

    private Sandbox open(RunAs runAs, List<Path> shown) throws RestoreException, InterruptedException {
        try {
            return Sandbox.open(folder, runAs, shown, limits);
        } catch (RestoreException e) {
            throw new RestoreException(
                    e.failure().category(),
                    e.failure().message(),
                    e.failure().hint() + " Without a sandbox, restore the cluster into a directory"
                            + " (--into DIR --start), and take from it what is wanted with pg_dump. Nothing was changed.",
                    e);
        }
    }

    private static PhysicalRequest physical(ExtractRequest request, Path data) {
        return new PhysicalRequest(
                request.order().restore(),
                request.place(),
                request.backup(),
                data.toString(),
                Map.of(),
                false,
                false,
                null,
                List.of(),
                request.acceptDamage(),
                request.encryptedOnly(),
                null,
                null,
                request.recoverTo());
    }

    /** What is done with the recovered cluster. For one thread. */
    private final class Taking implements ClusterLook {
        private final ExtractRequest request;
        private final Sandbox sandbox;
        private final PostgresInstallation tools;
        private final PostgresVersion server;
        private final PostgresVersion maker;
        private @Nullable LoadedDatabase loaded;

        Taking(
                ExtractRequest request,
                Sandbox sandbox,
                PostgresInstallation tools,
                PostgresVersion server,
                PostgresVersion maker) {
            this.request = request;
            this.sandbox = sandbox;
            this.tools = tools;
            this.server = server;
            this.maker = maker;
        }

        @Override
        public List<CheckResult> at(PrivateSocket socket, String superuser, RestoreWatch watch)
                throws RestoreException, InterruptedException {
            try {
                loaded = loading.run(request.order(), dump(socket, superuser), watch);
                return loaded.checks();
            } catch (SQLException e) {
                throw new RestoreException(
                        FailureCategory.RECOVERY_FAILED,
                        "the recovered cluster cannot be asked what it holds: " + e.getMessage() + ".",
                        "verify the backup.",
                        e);
            }
        }

        private SandboxedDump dump(PrivateSocket socket, String superuser) throws SQLException, RestoreException {
            Set<String> roles;
            try (Connection connection = socket.connect("template1", superuser, OURS)) {
                requireDatabase(names(
                        connection,
                        "select datname from pg_catalog.pg_database where datallowconn and datconnlimit <> -2"));
                roles = names(connection, "select rolname from pg_catalog.pg_roles");
            }
            SandboxedDump whole = new SandboxedDump(
                    sandbox,
                    tools,
                    SandboxedDump.address(
                            sandbox.socketDirectory().orElseThrow().toString(),
                            socket.port(),
                            superuser,
                            request.sourceDatabase()),
                    List.of(),
                    roles,
                    server,
                    maker);
            return request.order().selection().isAll() ? whole : part(whole, socket, superuser);
        }

        /** With the entries of the whole database, so that what is needed can be told, and the rows of the chosen tables. */
        private SandboxedDump part(SandboxedDump whole, PrivateSocket socket, String superuser)
                throws SQLException, RestoreException {
            var wanted = LogicalRestore.tablesOf(
                    whole.of(List.of("--schema-only")), request.order().selection());
            List<String> arguments = new ArrayList<>(List.of("--no-blobs"));
            try (Connection connection = socket.connect(request.sourceDatabase(), superuser, OURS)) {
                arguments.addAll(OtherTables.leftOut(connection, wanted));
            }
            return whole.of(arguments);
        }

        private void requireDatabase(Set<String> there) throws RestoreException {
            if (!there.contains(request.sourceDatabase())) {
                throw new RestoreException(
                        FailureCategory.CONFIGURATION,
                        "the cluster had no database " + request.sourceDatabase() + " at that moment.",
                        "name one of " + there + " as source_database (--source-database), or another moment;"
                                + " nothing was changed.");
            }
        }

        private static Set<String> names(Connection connection, String sql) throws SQLException {
            Set<String> names = new TreeSet<>();
            try (Statement statement = connection.createStatement();
                    ResultSet found = statement.executeQuery(sql)) {
                while (found.next()) {
                    names.add(found.getString(1));
                }
            }
            return names;
        }

        ExtractedPart part(RestoredCluster cluster) {
            LoadedDatabase there = loaded;
            if (there == null) {
                throw new IllegalStateException("a look that did not fail has loaded");
            }
            List<Phase> phases = Stream.concat(
                            cluster.phases().stream().filter(each -> !isOfTheEnd(each)), there.phases().stream())
                    .toList();
            return new ExtractedPart(there, phases, cluster.recoveredTo(), cluster.missing());
        }

        /** Loading is a part of the look, and says its own times; the sandbox's end is of no interest. */
        private static boolean isOfTheEnd(Phase phase) {
            return phase.name().equals(RestorePhase.CHECK.wireName())
                    || phase.name().equals(RestorePhase.STOP.wireName());
        }

        /** What is loaded is there, even if a server that is thrown away did not end well. */
        ExtractedPart partAfter(RestoreException failure) throws RestoreException {
            LoadedDatabase there = loaded;
            if (there == null) {
                throw failure;
            }
            LOG.log(System.Logger.Level.WARNING, "what was wanted is loaded; then the sandbox failed", failure);
            return new ExtractedPart(there, there.phases(), null, List.of());
        }
    }
}
