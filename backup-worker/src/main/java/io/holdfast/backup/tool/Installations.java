package io.holdfast.backup.tool;

import io.holdfast.runtime.postgres.InstallationFolders;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The installations of PostgreSQL's client programs on this host: first those configured, then those on the path. They
 * are asked for their version each time, since programs are upgraded while services run.
 */
public final class Installations {
    private static final ToolLimits PATIENCE = new ToolLimits(Duration.ofSeconds(10), Duration.ofSeconds(10));
    private static final List<String> NEEDED = List.of("pg_dump", "pg_dumpall");

    private final InstallationFolders configured;
    private final List<Path> onPath;

    /**
     * @param configured installation folders, each with {@code bin/}; a last segment {@code *} stands for every folder
     * @param onPath folders that hold programs themselves
     */
    public Installations(List<Path> configured, List<Path> onPath) {
        this.configured = new InstallationFolders(configured);
        this.onPath = List.copyOf(onPath);
    }

    /**
     * Reads the two variables.
     *
     * @param installations installation folders separated by commas
     * @param path the variable {@code PATH}, if set
     */
    public static Installations of(String installations, @Nullable String path) {
        return new Installations(
                folders(installations, ","), path == null ? List.of() : folders(path, File.pathSeparator));
    }

    private static List<Path> folders(String text, String separator) {
        return Arrays.stream(text.split(java.util.regex.Pattern.quote(separator)))
                .map(String::strip)
                .filter(each -> !each.isEmpty())
                .map(Installations::folder)
                .flatMap(Optional::stream)
                .toList();
    }

    private static Optional<Path> folder(String text) {
        try {
            return Optional.of(Path.of(text));
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }

    /**
     * The installation to dump a server with: of at least its major version, as close to it as possible (so that what it
     * writes can also be read by tools of the server's own version), its newest minor, configured before path.
     *
     * @throws ToolException.Unsuitable if there is none; says what was found
     */
    public PostgresInstallation suitableFor(int serverMajor) throws ToolException, InterruptedException {
        List<PostgresInstallation> found = new ArrayList<>();
        for (List<Path> places : List.of(configuredFolders(), onPath)) {
            List<PostgresInstallation> here = new ArrayList<>();
            for (Path place : places) {
                at(place).ifPresent(here::add);
            }
            Optional<PostgresInstallation> best = here.stream()
                    .filter(each -> each.version().major() >= serverMajor)
                    .min(Comparator.comparingInt((PostgresInstallation each) ->
                                    each.version().major())
                            .thenComparing(PostgresInstallation::version, Comparator.reverseOrder()));
            if (best.isPresent()) {
                return best.get();
            }
            found.addAll(here);
        }
        throw new ToolException.Unsuitable(
                serverMajor, "The server is PostgreSQL " + serverMajor + ", and " + listed(found) + ".");
    }

    private static String listed(List<PostgresInstallation> found) {
        return found.isEmpty()
                ? "no pg_dump with its pg_dumpall was found on this host"
                : found.stream()
                        .map(each -> each.program("pg_dump") + " is " + each.version())
                        .distinct()
                        .collect(Collectors.joining(", "));
    }

    private List<Path> configuredFolders() throws ToolException {
        try {
            return configured.present().stream()
                    .map(each -> each.resolve("bin"))
                    .toList();
        } catch (IOException e) {
            throw new ToolException.Failed("An installation folder cannot be listed: " + e.getMessage(), e);
        }
    }

    private static Optional<PostgresInstallation> at(Path programs) throws InterruptedException {
        if (!NEEDED.stream().allMatch(name -> Files.isExecutable(programs.resolve(name)))) {
            return Optional.empty();
        }
        return version(programs.resolve("pg_dump")).map(version -> new PostgresInstallation(programs, version));
    }

    private static Optional<ToolVersion> version(Path program) throws InterruptedException {
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        try {
            new ToolProcess(new ToolCommand(program, List.of("--version"), Map.of()), PATIENCE)
                    .run((bytes, length) -> answer.write(bytes, 0, Math.min(length, 1000)));
            return ToolVersion.parse(answer.toString(StandardCharsets.UTF_8));
        } catch (IOException e) {
            // A program that cannot even say its version is no installation; another one may be.
            return Optional.empty();
        }
    }
}
