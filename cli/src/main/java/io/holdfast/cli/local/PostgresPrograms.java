package io.holdfast.cli.local;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/** PostgreSQL's server programs: the ones that come with Holdfast, unpacked once, and those installed on the host. */
public final class PostgresPrograms {
    /** The major version that comes with Holdfast. */
    public static final int MAJOR = 18;

    private static final String ARCHIVE = "/postgres-linux-x86_64.txz";
    private static final Path DEBIAN = Path.of("/usr/lib/postgresql");

    private PostgresPrograms() {}

    /**
     * Unpacks the programs that come with Holdfast, unless that was done before.
     *
     * @return the folder with {@code bin}, {@code lib} and {@code share}
     */
    public static Path unpacked(InstanceFolder folder) throws IOException {
        Path home = folder.installations().resolve(Integer.toString(MAJOR));
        if (Files.isDirectory(home)) {
            return home;
        }
        Path fresh = Files.createTempDirectory(folder.installations(), "unpacking");
        Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rwxr-xr-x"));
        try (InputStream archive = PostgresPrograms.class.getResourceAsStream(ARCHIVE)) {
            if (archive == null) {
                throw new IOException("PostgreSQL's programs (" + ARCHIVE + ") are not on the class path."
                        + " HINT: build the module cli with the profile of this platform.");
            }
            untar(new XZInputStream(archive), fresh);
        }
        Files.move(fresh, home, StandardCopyOption.ATOMIC_MOVE);
        return home;
    }

    /** The installations a restore may start a server from: the unpacked one, and those of the host's packages. */
    public static List<Path> installations(InstanceFolder folder) throws IOException {
        List<Path> found = new ArrayList<>(foldersOf(folder.installations()));
        found.addAll(foldersOf(DEBIAN));
        return found;
    }

    private static List<Path> foldersOf(Path parent) throws IOException {
        if (!Files.isDirectory(parent)) {
            return List.of();
        }
        try (Stream<Path> children = Files.list(parent)) {
            return children.filter(
                            child -> Files.isExecutable(child.resolve("bin").resolve("postgres")))
                    .sorted()
                    .toList();
        }
    }

    private static void untar(InputStream in, Path into) throws IOException {
        TarArchiveInputStream tar = new TarArchiveInputStream(in);
        for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
            Path path = into.resolve(entry.getName()).normalize();
            if (!path.startsWith(into)) {
                throw new IOException("entry leaves the folder: " + entry.getName());
            }
            if (entry.isDirectory()) {
                Files.createDirectories(path);
                continue;
            }
            Files.createDirectories(path.getParent());
            if (entry.isSymbolicLink()) {
                Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
            } else {
                Files.copy(tar, path);
                boolean program = (entry.getMode() & 0100) != 0;
                Files.setPosixFilePermissions(
                        path, PosixFilePermissions.fromString(program ? "rwxr-xr-x" : "rw-r--r--"));
            }
        }
    }
}
