package io.holdfast.verifier.verification;

import io.holdfast.runtime.postgres.InstallationFolders;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The {@code pg_restore} programs on this host.
 *
 * @param found oldest first
 */
record PostgresPrograms(List<PgRestore> found) {

    private static final Pattern VERSION = Pattern.compile("^pg_restore \\(PostgreSQL\\) (\\d{1,3})");
    private static final long PATIENCE_SECONDS = 20;

    /** A program and the major version it is of. */
    record PgRestore(Path program, int major) {}

    /** The programs of the given installations. One that does not run is not there. */
    static PostgresPrograms in(InstallationFolders installations) throws IOException, InterruptedException {
        List<PgRestore> found = new ArrayList<>();
        for (Path installation : installations.present()) {
            Path program = installation.resolve("bin").resolve("pg_restore");
            if (Files.isExecutable(program)) {
                version(program).ifPresent(major -> found.add(new PgRestore(program, major)));
            }
        }
        found.sort(Comparator.comparingInt(PgRestore::major));
        return new PostgresPrograms(List.copyOf(found));
    }

    /** One that reads archives made by this version of pg_dump: of the same major version or newer. */
    Optional<PgRestore> reading(String dumpVersion) {
        int major = Integer.parseInt(dumpVersion.split("\\D", 2)[0]);
        return found.stream().filter(each -> each.major() >= major).findFirst();
    }

    private static Optional<Integer> version(Path program) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(program.toString(), "--version").redirectErrorStream(true);
        builder.environment().clear();
        builder.environment().putAll(environment());
        Process process = builder.start();
        try {
            process.getOutputStream().close();
            String text = new String(process.getInputStream().readNBytes(1000), StandardCharsets.US_ASCII);
            Matcher matcher = VERSION.matcher(text);
            boolean ended = process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
            return ended && process.exitValue() == 0 && matcher.find()
                    ? Optional.of(Integer.valueOf(matcher.group(1)))
                    : Optional.empty();
        } finally {
            process.destroyForcibly();
        }
    }

    /** What a program gets to see: nothing of this service's own environment, which holds secrets. */
    static Map<String, String> environment() {
        return Map.of("PATH", "/usr/bin:/bin:/usr/sbin:/sbin", "LC_ALL", "C");
    }
}
