package io.holdfast.backup.source;

import io.holdfast.backup.replication.FailureCause;
import io.holdfast.backup.replication.ReplicationConnection;
import io.holdfast.backup.replication.ReplicationException;
import io.holdfast.events.definition.PostgresServer;
import io.holdfast.runtime.secrets.Secrets;
import io.holdfast.runtime.work.WorkFolder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The servers of a cluster, of which one is the primary. Lives as long as one attempt, as {@link SourceServer} does.
 *
 * @param members at least one; who is alone is the source whatever it is, a standby too
 */
public record SourceCluster(List<SourceServer> members) {
    private static final System.Logger LOG = System.getLogger(SourceCluster.class.getName());

    public SourceCluster {
        members = List.copyOf(members);
    }

    /** Resolves what a definition refers to; as {@link SourceServer#of}. */
    public static SourceCluster of(PostgresServer definition, Secrets secrets, WorkFolder folder) throws IOException {
        SourceServer first = SourceServer.of(definition, secrets, folder);
        List<String> hosts = definition.hosts();
        if (hosts == null || hosts.size() < 2) {
            return new SourceCluster(List.of(first));
        }
        List<SourceServer> members = new ArrayList<>();
        for (String host : hosts) {
            members.add(member(first, host));
        }
        return new SourceCluster(members);
    }

    private static SourceServer member(SourceServer first, String host) throws UnusableDefinitionException {
        int colon = host.lastIndexOf(':');
        try {
            String name = host.substring(0, colon);
            return first.at(
                    name.startsWith("[") && name.endsWith("]") ? name.substring(1, name.length() - 1) : name,
                    Integer.parseInt(host.substring(colon + 1)));
        } catch (IndexOutOfBoundsException | NumberFormatException e) {
            throw new UnusableDefinitionException(
                    "The member \"" + host + "\" of the cluster is not host:port.", "Correct hosts of the target.", e);
        }
    }

    /**
     * A member with a connection to it.
     *
     * @param connection closed by whoever got it
     */
    public record Member(SourceServer server, ReplicationConnection connection) {}

    /**
     * Connects to the primary; of several that take themselves for it, the one on the newest timeline.
     *
     * @param first the address of whom to ask first, such as who it was before
     * @throws ReplicationException if none answers, or none of those that do is the primary
     */
    public Member openPrimary(String applicationName, @Nullable String first) throws ReplicationException {
        if (members.size() == 1) {
            SourceServer only = members.getFirst();
            return new Member(only, ReplicationConnection.open(only.connection(), applicationName));
        }
        List<SourceServer> order = new ArrayList<>(members);
        order.sort(
                (a, b) -> Boolean.compare(address(b).equals(first), address(a).equals(first)));
        Member found = null;
        int timeline = 0;
        List<ReplicationException> failures = new ArrayList<>();
        for (SourceServer each : order) {
            try {
                ReplicationConnection connection = ReplicationConnection.open(each.connection(), applicationName);
                try {
                    int present = connection.isStandby()
                            ? 0
                            : connection.identifySystem().timeline();
                    if (present != 0 && (found == null || Integer.compareUnsigned(present, timeline) > 0)) {
                        giveUp(found);
                        found = new Member(each, connection);
                        timeline = present;
                        connection = null;
                    }
                } finally {
                    if (connection != null) {
                        connection.close();
                    }
                }
            } catch (ReplicationException e) {
                LOG.log(System.Logger.Level.DEBUG, "A member of a cluster does not answer", e);
                failures.add(e);
            }
        }
        if (found == null) {
            throw none(failures);
        }
        return found;
    }

    /** The primary, as {@link #openPrimary}; a server alone is not asked. */
    public SourceServer primary(String applicationName) throws ReplicationException {
        if (members.size() == 1) {
            return members.getFirst();
        }
        Member found = openPrimary(applicationName, null);
        found.connection().close();
        return found.server();
    }

    private static void giveUp(@Nullable Member member) {
        if (member != null) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "Two members take themselves for the primary; {0} is on an older timeline.",
                    address(member.server()));
            member.connection().close();
        }
    }

    /** How people write where a member is. */
    public static String address(SourceServer server) {
        return server.connection().address();
    }

    private ReplicationException none(List<ReplicationException> failures) {
        String all =
                String.join(", ", members.stream().map(SourceCluster::address).toList());
        if (failures.size() == members.size()) {
            ReplicationException last = failures.getLast();
            return ReplicationException.of(
                    last.failure(),
                    "No member of the cluster answers: " + all + ". The last: " + last.summary(),
                    last.hint(),
                    last);
        }
        return ReplicationException.of(
                FailureCause.SERVER_INTERRUPTED,
                "None of " + all + " is the primary" + (failures.isEmpty() ? "." : ", as far as they answer."),
                "Promote one, or wait until that is done; where a member is missing in hosts, add it.");
    }
}
