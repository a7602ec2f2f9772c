package io.holdfast.restore.drill;

import io.holdfast.events.drill.DrillCheck;
import io.holdfast.events.drill.DrillReason;
import io.holdfast.restore.RestoreException;
import io.holdfast.restore.cluster.PostgresInstallation;
import io.holdfast.restore.cluster.PrivateSocket;
import io.holdfast.restore.cluster.Programs;
import io.holdfast.restore.sandbox.Sandbox;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The programs that a drill runs beside the restored server, in its sandbox.
 *
 * @param limit how long each may take
 */
record SandboxPrograms(Sandbox sandbox, PostgresInstallation installation, Duration limit) {
    private static final String CHECKSUMS = "page checksums";
    private static final String AMCHECK = "pg_amcheck";
    private static final String SMOKE = "smoke command";
    private static final Pattern FOUND_BAD = Pattern.compile("Bad checksums:\\s+(\\d+)");
    private static final Pattern FOUND_BLOCKS = Pattern.compile("Blocks scanned:\\s+(\\d+)");
    private static final Pattern SAYS_CORRUPT =
            Pattern.compile("^(?:heap table|btree index|index|table|sequence) \"[^\\n]+\"[,:]", Pattern.MULTILINE);
    private static final int SHOWN = 400;

    /** Whether tables and indexes are as they should be in themselves; the server runs. */
    DrillCheck amcheck(PrivateSocket socket, String superuser) throws InterruptedException {
        if (!installation.has(AMCHECK)) {
            return Findings.skipped(AMCHECK, installation + " has no pg_amcheck");
        }
        try {
            Programs.Outcome outcome = sandbox.run(
                    List.of(
                            installation.program(AMCHECK).toString(),
                            "--all",
                            "--install-missing",
                            "--no-password",
                            "--host=" + inside(socket),
                            "--port=" + socket.port(),
                            "--username=" + superuser),
                    Map.of(),
                    limit);
            // Whoever has said that something is wrong has looked, however it ended.
            if (outcome.exitCode() == 2 || saysCorrupt(outcome.output())) {
                return Findings.failed(AMCHECK, null, shown(outcome.output()), DrillReason.CORRUPTED_STRUCTURE);
            }
            return switch (outcome.exitCode()) {
                case 0 -> Findings.passed(AMCHECK, null, "nothing found");
                case 124, 137 -> Findings.skipped(AMCHECK, "it took longer than " + limit);
                default -> Findings.skipped(AMCHECK, "it could not look: " + shown(outcome.output()));
            };
        } catch (RestoreException e) {
            return Findings.skipped(AMCHECK, e.failure().message());
        }
    }

    /** Whether every page is what its checksum says; the server is stopped. */
    DrillCheck checksums(Path dataDirectory) throws InterruptedException {
        if (!installation.has("pg_checksums")) {
            return Findings.skipped(CHECKSUMS, installation + " has no pg_checksums");
        }
        try {
            Programs.Outcome outcome = sandbox.run(
                    List.of(installation.program("pg_checksums").toString(), "--check", "--pgdata=" + dataDirectory),
                    Map.of(),
                    limit);
            Matcher bad = FOUND_BAD.matcher(outcome.output());
            Matcher blocks = FOUND_BLOCKS.matcher(outcome.output());
            if (outcome.exitCode() == 0) {
                return Findings.passed(
                        CHECKSUMS, null, blocks.find() ? blocks.group(1) + " pages are right" : "all are right");
            }
            if (saysBadPage(outcome.output()) || bad.find() && !bad.group(1).equals("0")) {
                return Findings.failed(CHECKSUMS, null, shown(outcome.output()), DrillReason.CORRUPTED_PAGE);
            }
            return Findings.skipped(CHECKSUMS, shown(outcome.output()));
        } catch (RestoreException e) {
            return Findings.skipped(CHECKSUMS, e.failure().message());
        }
    }

    /** Whether pg_checksums named a page; its summary comes last, and may be missing where there is much to name. */
    static boolean saysBadPage(String output) {
        return output.contains("checksum verification failed in file");
    }

    /** Whether pg_amcheck named a relation before it ended. */
    static boolean saysCorrupt(String output) {
        return SAYS_CORRUPT.matcher(output).find();
    }

    /** Whether the target's own program finds what it needs. */
    DrillCheck smoke(List<String> command, PrivateSocket socket, String superuser) throws InterruptedException {
        try {
            List<String> inner = new ArrayList<>(command);
            Programs.Outcome outcome = sandbox.run(
                    inner,
                    Map.of(
                            "PATH",
                            installation.home().resolve("bin") + ":" + Programs.ENVIRONMENT.get("PATH"),
                            "PGHOST",
                            inside(socket),
                            "PGPORT",
                            Integer.toString(socket.port()),
                            "PGUSER",
                            superuser,
                            "PGDATABASE",
                            "postgres",
                            "HOME",
                            "/tmp"),
                    limit);
            return outcome.exitCode() == 0
                    ? Findings.passed(SMOKE, null, shown(outcome.output()))
                    : Findings.failed(
                            SMOKE,
                            null,
                            "exit code " + outcome.exitCode() + ": " + shown(outcome.output()),
                            DrillReason.SMOKE_COMMAND);
        } catch (RestoreException e) {
            return Findings.failed(SMOKE, null, e.failure().message(), DrillReason.SMOKE_COMMAND);
        }
    }

    private String inside(PrivateSocket socket) {
        return sandbox.socketDirectory()
                .map(Path::toString)
                .orElse(socket.directory().toString());
    }

    /** The end of what it said, in one line. */
    private static String shown(String output) {
        String line = output.strip().replaceAll("\\s*\\R\\s*", " | ");
        return line.length() > SHOWN ? "… " + line.substring(line.length() - SHOWN) : line;
    }
}
