package io.holdfast.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The services' engines with the options of the local mode, without broker: in JVMs that go on, as those of services do,
 * or each time in a fresh one.
 */
final class Holdfast implements Tool {
    private static final String MAIN = "io.holdfast.backup.base.MeasuredBackup";

    private final Path root;
    private final Path work;
    private final Cluster cluster;
    private Case.Full kind = new Case.Full("full", Case.Compression.SAME, false);
    private int backups;
    private int incrementals;
    private final boolean stays;
    private final Map<List<String>, Resident> running = new HashMap<>();

    Holdfast(Path root, Path work, Cluster cluster, boolean stays) {
        this.stays = stays;
        this.root = root;
        this.work = work;
        this.cluster = cluster;
    }

    @Override
    public String name() {
        return stays ? "holdfast" : "holdfast_fresh";
    }

    @Override
    public int practice() {
        return stays ? 2 : 0;
    }

    @Override
    public Optional<String> leavesOut(Case each) {
        return Optional.empty();
    }

    @Override
    public void begin(Case.Full of) throws IOException, InterruptedException {
        kind = of;
        Folders.fresh(repository());
    }

    @Override
    public Command warmUp() {
        Path java = Path.of(System.getProperty("holdfast.java")).resolveSibling("..").normalize();
        return Command.of(
                "bash",
                "-c",
                "find \"$1/lib\" -type f -print0 | xargs -0 cat > /dev/null;"
                        + " for module in backup-worker verifier-service restore-worker; do"
                        + " tr ':' '\\n' < \"$2/$module/target/measured.classpath\"; echo;"
                        + " echo \"$2/$module/target/classes\"; echo \"$2/$module/target/test-classes\"; done"
                        + " | sort -u | while read -r each; do [ -z \"$each\" ] ||"
                        + " find \"$each\" -type f -print0 | xargs -0 cat > /dev/null; done",
                "warm",
                java.toString(),
                root.toString());
    }

    @Override
    public Work full() {
        return backup("full-" + ++backups);
    }

    private Work backup(String name, String... wishes) {
        List<String> arguments = new ArrayList<>(List.of(
                url(),
                "bench",
                name,
                cluster.data().toString(),
                Integer.toString(cluster.port()),
                "postgres",
                work.resolve("scratch").toString()));
        arguments.addAll(List.of(wishes));
        return engine("backup-worker", "256m", MAIN, arguments.toArray(String[]::new));
    }

    @Override
    public Work incremental() {
        return backup("incremental-" + ++incrementals, "incremental");
    }

    /** The newest backup is the one that the next relies on. */
    @Override
    public void forgetIncrementals() throws IOException, InterruptedException {
        Command.of(
                        "find",
                        repository().toString(),
                        "-depth",
                        "-path",
                        "*/incremental-*",
                        "-delete")
                .run(work.resolve("log"));
    }

    @Override
    public Work restore(Path destination) {
        return restore(destination, "fresh");
    }

    private Work restore(Path destination, String how) {
        return engine(
                "restore-worker",
                "192m",
                "io.holdfast.restore.physical.MeasuredRestore",
                url(),
                "bench",
                "full-" + backups,
                destination.toString(),
                work.resolve("scratch").toString(),
                how);
    }

    @Override
    public Work deltaRestore(Path destination) {
        return restore(destination, "delta");
    }

    @Override
    public Work verify(Case.Depth depth) {
        return engine(
                "verifier-service",
                "192m",
                "io.holdfast.verifier.verification.MeasuredVerification",
                url(),
                "bench",
                "full-" + backups,
                depth.name().toLowerCase(Locale.ROOT));
    }

    @Override
    public Path repository() {
        return work.resolve(name());
    }

    private String url() {
        return "file://" + repository();
    }

    private Work engine(String module, String heap, String main, String... arguments) {
        List<String> words = words(module, heap, main);
        List<String> asked = new ArrayList<>(List.of(arguments));
        if (kind.encrypted()) {
            asked.add("encrypted");
        }
        if (stays) {
            return running.computeIfAbsent(List.copyOf(words), this::start).asked(asked);
        }
        words.addAll(asked);
        return Command.of(words.toArray(String[]::new));
    }

    private Resident start(List<String> words) {
        try {
            return new Resident(words, work.resolve("log"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<String> words(String module, String heap, String main) {
        try {
            List<String> words = new ArrayList<>(List.of(
                    System.getProperty("holdfast.java"),
                    "-Xmx" + heap,
                    "-Xss512k",
                    "@" + root.resolve("deploy/docker/jvm.options")));
            if (kind.compression() == Case.Compression.SAME) {
                words.add("-Dholdfast.backup.zstd-level=3");
            }
            String extra = System.getenv("HOLDFAST_JAVA_OPTIONS");
            if (extra != null) {
                words.addAll(List.of(extra.split(" ")));
            }
            Path target = root.resolve(module + "/target");
            words.addAll(List.of(
                    "-cp",
                    target.resolve("classes") + ":" + target.resolve("test-classes") + ":"
                            + Files.readString(target.resolve("measured.classpath")).strip(),
                    main));
            return words;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException, InterruptedException {
        for (Resident each : running.values()) {
            each.close();
        }
    }
}
