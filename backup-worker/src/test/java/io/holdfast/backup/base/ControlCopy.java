package io.holdfast.backup.base;

import io.holdfast.testing.PostgresServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The files of a cluster at rest as something else than Holdfast has them, to compare with. */
final class ControlCopy {
    /** What two base backups of one cluster at rest differ in, and what a base backup leaves out. */
    private static final Pattern DIFFERENT =
            Pattern.compile("(pg_wal|pg_stat|pg_stat_tmp|pg_replslot|pg_dynshmem|pg_notify"
                    + "|pg_serial|pg_snapshots|pg_subtrans)/.*|global/pg_control|backup_label|backup_manifest|tablespace_map"
                    + "|postmaster\\.(pid|opts)|(.*/)?pg_internal\\.init|(.*/)?pgsql_tmp.*");

    private ControlCopy() {}

    /** Made by pg_basebackup, where one that can read this server is installed; else the server's own files. */
    static Path of(PostgresServer server, Path folder) throws IOException, InterruptedException {
        Path program = Path.of("/usr/lib/postgresql", Integer.toString(server.major()), "bin/pg_basebackup");
        if (!Files.isExecutable(program)) {
            return server.dataDirectory();
        }
        Path data = folder.resolve("data");
        List<String> command = new ArrayList<>(List.of(
                program.toString(),
                "--host=127.0.0.1",
                "--port=" + server.port(),
                "--username=postgres",
                "--pgdata=" + data,
                "--wal-method=none",
                "--checkpoint=fast",
                "--no-sync"));
        for (Path space : tablespaces(server)) {
            command.add("--tablespace-mapping=" + space + "=" + folder.resolve("space-" + space.getFileName()));
        }
        Files.createDirectories(folder);
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(output);
        }
        return data;
    }

    /**
     * As the file system has them. A query would prune the catalog's pages on its way (heap_page_prune_opt), after the backup
     * that is to be compared and before the control.
     */
    private static List<Path> tablespaces(PostgresServer server) throws IOException {
        List<Path> places = new ArrayList<>();
        try (Stream<Path> links = Files.list(server.dataDirectory().resolve("pg_tblspc"))) {
            for (Path link : links.filter(Files::isSymbolicLink).sorted().toList()) {
                places.add(Files.readSymbolicLink(link));
            }
        }
        return places;
    }

    /** What differs between two data directories, each with why, but for what always does. */
    static SortedMap<String, String> differences(Path one, Path other) throws IOException {
        SortedMap<String, Path> ones = files(one);
        SortedMap<String, Path> others = files(other);
        SortedMap<String, String> found = new TreeMap<>();
        for (var file : ones.entrySet()) {
            Path counterpart = others.remove(file.getKey());
            if (counterpart == null) {
                found.put(file.getKey(), "only in " + one);
                continue;
            }
            long differs = Files.mismatch(file.getValue(), counterpart);
            if (differs >= 0) {
                found.put(file.getKey(), "differs from byte " + differs + " on");
            }
        }
        others.keySet().forEach(name -> found.put(name, "only in " + other));
        return found;
    }

    private static SortedMap<String, Path> files(Path folder) throws IOException {
        SortedMap<String, Path> files = new TreeMap<>();
        try (Stream<Path> all = Files.walk(folder, FileVisitOption.FOLLOW_LINKS)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                String name = folder.relativize(file).toString();
                if (!DIFFERENT.matcher(name).matches()) {
                    files.put(name, file);
                }
            }
        }
        return files;
    }
}
