package io.holdfast.bench;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Holdfast as people run it: {@code ./holdfast up} with all its processes, in a folder of its own. */
final class LocalHoldfast implements AutoCloseable {
    /** Not a secret, only a benchmark. */
    private static final String INDEX_KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";

    private final Path root;
    private final Path folder;
    private final Path logs;

    private LocalHoldfast(Path root, Path folder, Path logs) {
        this.root = root;
        this.folder = folder;
        this.logs = logs;
    }

    /** An instance that does not run yet, in an empty folder. */
    static LocalHoldfast in(Path work, Path root) throws IOException, InterruptedException {
        Path folder = Folders.fresh(work.resolve("holdfast-local"));
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        LocalHoldfast local = new LocalHoldfast(root, folder, work.resolve("log"));
        Files.writeString(local.passphrase(), "not-a-secret-only-a-benchmark");
        return local;
    }

    Path passphrase() {
        return folder.resolve("passphrase");
    }

    /** A repository's folder. */
    Path repository(String name) {
        return folder.resolve("repositories").resolve(name);
    }

    /** An encrypted repository, as a line of a configuration. */
    String repositoryLine(String name) {
        return "  %s: { url: \"%s\", encryption: { passphrase: \"file:%s\" } }%n"
                .formatted(name, repository(name).toUri(), passphrase());
    }

    /** Writes the configuration; what runs takes it over within a second. */
    void configure(String text) throws IOException {
        Files.writeString(folder.resolve("holdfast.yaml"), text);
    }

    void up(Path installation) throws IOException, InterruptedException {
        run("up", "--config", folder.resolve("holdfast.yaml").toString(), "--postgres", installation.toString());
    }

    /** A command on this instance; its last line is an object. */
    Command command(String... arguments) {
        List<String> words = new ArrayList<>(List.of(arguments));
        words.addAll(List.of("--data", folder.resolve("instance").toString()));
        return apart(words.toArray(String[]::new));
    }

    /** A command that needs no instance. */
    Command apart(String... arguments) {
        List<String> words = new ArrayList<>(List.of(root.resolve("holdfast").toString()));
        words.addAll(List.of(arguments));
        words.add("--json");
        return Command.of(words.toArray(String[]::new)).with("HOLDFAST_INDEX_KEY", INDEX_KEY);
    }

    String run(String... arguments) throws IOException, InterruptedException {
        return command(arguments).run(logs);
    }

    /** The address on which a service listens. */
    int port(String service) throws IOException {
        return Integer.parseInt(number(Files.readString(folder.resolve("instance/settings.json")), service));
    }

    /** The process of a part. */
    long pid(String part) throws IOException {
        try (DirectoryStream<Path> noted = Files.newDirectoryStream(folder.resolve("instance/run"), part + ".*.json")) {
            for (Path each : noted) {
                long pid = Long.parseLong(each.getFileName().toString().replaceAll(".*\\.(\\d+)\\.json", "$1"));
                if (ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isPresent()) {
                    return pid;
                }
            }
        }
        throw new IOException(part + " does not run");
    }

    /** A number out of an object in JSON. */
    static String number(String json, String name) throws IOException {
        return found(json, "\"" + Pattern.quote(name) + "\"\\s*:\\s*(\\d+)");
    }

    /** A text out of an object in JSON that has nothing in it that would have to be escaped. */
    static String text(String json, String name) throws IOException {
        return found(json, "\"" + Pattern.quote(name) + "\"\\s*:\\s*\"([^\"]*)\"");
    }

    private static String found(String json, String pattern) throws IOException {
        Matcher found = Pattern.compile(pattern).matcher(json);
        if (!found.find()) {
            throw new IOException("there is no " + pattern + " in " + json);
        }
        return found.group(1);
    }

    @Override
    public void close() throws IOException, InterruptedException {
        run("down");
        Folders.remove(folder);
    }
}
