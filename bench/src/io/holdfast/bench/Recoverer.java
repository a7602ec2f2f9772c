package io.holdfast.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A way to recover the newest backup along all the log that is stored, into a folder in which a server runs then. */
sealed interface Recoverer {
    String name();

    /** How often it is done before it is measured: a service has seen its work before. */
    default int practice() {
        return 0;
    }

    /** Makes the folder as this way wants it, before anything is measured. */
    void prepare(Path into) throws IOException, InterruptedException;

    /** Does it; returns when the command for it has ended, perhaps before the server answers. */
    Begun recover(Path into) throws IOException, InterruptedException;

    /**
     * A server that recovers, or has recovered.
     *
     * @param port where it listens
     * @param cpu seconds that were used for it, without the server's own; asked for when it has answered
     */
    record Begun(int port, Cpu cpu) {}

    /** Seconds so far. */
    @FunctionalInterface
    interface Cpu {
        double seconds() throws IOException, InterruptedException;
    }

    /** The services, which run already. */
    record Running(LocalHoldfast local, Path logs) implements Recoverer {
        @Override
        public String name() {
            return "holdfast";
        }

        @Override
        public int practice() {
            return 1;
        }

        @Override
        public void prepare(Path into) throws IOException, InterruptedException {
            Folders.remove(into);
        }

        @Override
        public Begun recover(Path into) throws IOException, InterruptedException {
            long worker = local.pid("restore-worker");
            double before = Processes.withEnded(worker);
            Measurement command = local.command(
                            "restore", "--target", "bench", "--latest", "--into", into.toString(), "--start")
                    .measure(logs, () -> 0);
            return new Begun(told(logs), () -> command.cpu() + Processes.withEnded(worker) - before);
        }
    }

    /** The command that needs nothing but the repository. */
    record BreakGlass(LocalHoldfast local, Path installation, Path logs) implements Recoverer {
        @Override
        public String name() {
            return "holdfast_fresh";
        }

        @Override
        public void prepare(Path into) throws IOException, InterruptedException {
            Folders.remove(into);
        }

        @Override
        public Begun recover(Path into) throws IOException, InterruptedException {
            Measurement command = local.apart(
                            "restore",
                            "--repository",
                            local.repository("main").toUri().toString(),
                            "--passphrase",
                            "file:" + local.passphrase(),
                            "--target",
                            "bench",
                            "--latest",
                            "--into",
                            into.toString(),
                            "--start",
                            "--postgres",
                            installation.toString())
                    .measure(logs, () -> 0);
            return new Begun(told(logs), command::cpu);
        }
    }

    /** pgBackRest's restore, and a server that fetches its log by it. */
    record Restored(Archive archive, Cluster cluster, Path logs) implements Recoverer {
        @Override
        public String name() {
            return "pgbackrest";
        }

        @Override
        public void prepare(Path into) throws IOException, InterruptedException {
            cluster.ownFolder(into);
            cluster.ownFolder(archive.spool());
        }

        @Override
        public Begun recover(Path into) throws IOException, InterruptedException {
            Processes.Daemons daemons = new Processes.Daemons(archive.configuration().toString());
            Measurement command = archive.restore(into).measure(logs, () -> 0);
            Cluster recovering = cluster.on(into);
            recovering.startAsFound(List.of("archive_mode=off", "hot_standby=off", "max_locks_per_transaction=256"));
            return new Begun(recovering.port(), () -> {
                daemons.close();
                return command.cpu() + daemons.seconds();
            });
        }
    }

    /** The port in what the last command said. */
    private static int told(Path logs) throws IOException {
        String connection = LocalHoldfast.text(Files.readString(logs.resolve("command.log")), "connection");
        return Integer.parseInt(connection.replaceAll(".*port=(\\d+).*", "$1"));
    }
}
