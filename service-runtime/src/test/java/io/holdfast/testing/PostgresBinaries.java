package io.holdfast.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/**
 * The server programs of each major version, side by side.
 *
 * <p>Maven copies the embedded binaries' jars to {@code target/postgres-binaries/<major>.jar} (a module asks for them by
 * naming {@code maven-dependency-plugin} in its pom; they are kept off the class path because they hold equal names).
 * They are unpacked once per user and version below the temporary directory, since an unprivileged server cannot always
 * reach the build directory.
 */
public final class PostgresBinaries {
    private PostgresBinaries() {}

    /**
     * Returns the folder with {@code bin}, {@code lib} and {@code share} of a major version.
     *
     * @throws IllegalStateException where the module's build did not copy that version
     */
    public static synchronized Path of(int major) {
        Path jar = Path.of("target", "postgres-binaries", major + ".jar").toAbsolutePath();
        if (!Files.isRegularFile(jar)) {
            throw new IllegalStateException("no PostgreSQL " + major + " at " + jar
                    + ". HINT: name maven-dependency-plugin in the module's pom and run generate-test-resources.");
        }
        try {
            Path all = Path.of(
                    System.getProperty("java.io.tmpdir"), "holdfast-test-postgres-" + System.getProperty("user.name"));
            Files.createDirectories(all);
            openToAll(all);
            // The size tells one minor version from the next.
            Path home = all.resolve(major + "-" + Files.size(jar));
            if (!Files.isDirectory(home)) {
                unpack(jar, all, home);
            }
            return home;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void unpack(Path jar, Path all, Path home) throws IOException {
        Path fresh = Files.createTempDirectory(all, "unpacking");
        openToAll(fresh);
        try (ZipInputStream zip = new ZipInputStream(Files.newInputStream(jar))) {
            ZipEntry entry = zip.getNextEntry();
            while (entry != null && !entry.getName().endsWith(".txz")) {
                entry = zip.getNextEntry();
            }
            if (entry == null) {
                throw new IOException("no .txz in " + jar);
            }
            untar(new XZInputStream(zip), fresh);
        }
        try {
            Files.move(fresh, home, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            throw e;
        } catch (FileSystemException e) {
            // Another build was faster; what it made is the same.
            if (!Files.isDirectory(home)) {
                throw e;
            }
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

    static void openToAll(Path folder) throws IOException {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
}
