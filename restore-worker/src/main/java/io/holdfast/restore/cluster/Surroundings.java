package io.holdfast.restore.cluster;

import io.holdfast.restore.RestoreException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** What the processes of a restored server run in, and how they are reached from here. Implementations are thread safe. */
public interface Surroundings {
    /** The host as it is; directories that the server's user may not enter are shown to him, nothing else is hidden. */
    Surroundings HOST = new Surroundings() {
        @Override
        public List<String> command(RunAs runAs, List<Path> needed, List<String> inner) throws RestoreException {
            return PrivateView.command(runAs, needed, runAs.command(inner));
        }

        @Override
        public ProcessHandle server(Process started) {
            return started.toHandle();
        }

        @Override
        public Optional<Path> socketDirectory() {
            return Optional.empty();
        }

        @Override
        public Path seenFromHere(Path inside) {
            return inside;
        }

        @Override
        public boolean hasNetwork() {
            return true;
        }
    };

    /**
     * The command that runs another one in here as a user.
     *
     * @param needed every directory that it has to reach
     */
    List<String> command(RunAs runAs, List<Path> needed, List<String> inner) throws RestoreException;

    /** What such a command became, in the numbers of this host. */
    ProcessHandle server(Process started);

    /** Where in here a server's socket is; empty: where it likes. */
    Optional<Path> socketDirectory();

    /** The path under which we reach what has another one in here. */
    Path seenFromHere(Path inside);

    /** Whether a server in here may listen on the host's loopback address. */
    boolean hasNetwork();
}
