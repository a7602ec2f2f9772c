package io.holdfast.runtime.postgres;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Where PostgreSQL is installed on this host, as {@code HOLDFAST_POSTGRES_INSTALLATIONS} says. Looked up each time, since
 * versions are installed and removed while services run. Safe for use by several threads.
 *
 * @param named folders that hold {@code bin}; a last segment {@code *} stands for every folder beside it
 */
public record InstallationFolders(List<Path> named) {
    /** Where Debian and Ubuntu put them, one folder for each major version. */
    private static final Path USUAL = Path.of("/usr/lib/postgresql", "*");

    /** Takes a copy. */
    public InstallationFolders {
        named = List.copyOf(named);
    }

    /** Those named, or where none are, those in the usual place. */
    public static InstallationFolders of(List<Path> named) {
        return new InstallationFolders(named.isEmpty() ? List.of(USUAL) : named);
    }

    /**
     * The folders, absolute, as far as they are there, in the order in which they are named.
     *
     * @throws IOException if a folder is there and cannot be listed
     */
    public List<Path> present() throws IOException {
        List<Path> present = new ArrayList<>();
        for (Path each : named) {
            Path folder = each.toAbsolutePath().normalize();
            Path parent = folder.getParent();
            if (!folder.endsWith("*") || parent == null) {
                present.add(folder);
            } else if (Files.isDirectory(parent)) {
                present.addAll(below(parent));
            }
        }
        present.removeIf(folder -> !Files.isDirectory(folder));
        return List.copyOf(present);
    }

    private static List<Path> below(Path parent) throws IOException {
        List<Path> folders = new ArrayList<>();
        try (DirectoryStream<Path> children = Files.newDirectoryStream(parent)) {
            children.forEach(folders::add);
        }
        folders.sort(Comparator.naturalOrder());
        return folders;
    }
}
