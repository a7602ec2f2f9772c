package io.holdfast.repository.restore;

import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.index.FilePath;
import io.holdfast.repository.index.IndexEntry;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Stream;

/**
 * The directories that a backup is restored into: the one asked for, and those that paths are redirected to. Paths of a
 * backup cannot leave them: they have no {@code ..}, and no link is made before the last file is written. Safe for use by
 * several threads.
 */
public final class RestoredTree {
    private final Path root;
    private final Map<FilePath, Path> redirects;
    private final boolean compared;
    private final Set<FilePath> heldBack;
    private final Map<Path, Integer> modes = new ConcurrentSkipListMap<>();

    public RestoredTree(Path root, RestoreOptions options) {
        this.root = root.toAbsolutePath().normalize();
        this.redirects = new TreeMap<>(options.redirects());
        this.compared = options.compared();
        this.heldBack = options.heldBack();
    }

    /** Makes the directories, which must be missing or empty unless what they hold is compared. */
    void begin() throws IOException {
        if (!compared) {
            requireEmpty(root);
            for (Path redirected : redirects.values()) {
                requireEmpty(redirected);
            }
        }
        create(root);
        for (Path redirected : redirects.values()) {
            create(redirected);
        }
    }

    /**
     * Removes what the backup does not have, so that nothing but its directories and files is left, no link among them.
     *
     * @return how many files
     */
    long removeStrays(KnownPaths known) throws IOException {
        StrayFiles strays = new StrayFiles(known, redirects.keySet(), Files.getOwner(root));
        for (Map.Entry<FilePath, Path> redirect : redirects.entrySet()) {
            strays.removeBelow(redirect.getKey(), redirect.getValue());
        }
        strays.removeBelow(root);
        return strays.removed();
    }

    /** The path that an entry is restored as. */
    FilePath name(FilePath path) {
        return heldBack.contains(path) ? RestoreOptions.heldBackName(path) : path;
    }

    private static void requireEmpty(Path directory) throws IOException {
        if (!Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        boolean empty = false;
        if (Files.isDirectory(directory)) {
            try (Stream<Path> children = Files.list(directory)) {
                empty = children.findAny().isEmpty();
            }
        }
        if (!empty) {
            throw new RepositoryException.Conflict(
                    "The directory " + directory + " to restore into is not empty.",
                    "name a directory that is missing or empty; nothing is overwritten.");
        }
    }

    /** A link that could lead outside is refused before anything is written; redirected ones are replaced anyway. */
    void requireInside(IndexEntry.SymbolicLink link) throws IOException {
        if (redirects.containsKey(link.path())) {
            return;
        }
        Path at = resolve(link.path());
        Path home = redirect(link.path()).map(Map.Entry::getValue).orElse(root);
        Path destination = Path.of(link.destination());
        boolean inside = !destination.isAbsolute()
                && !destination.toString().isEmpty()
                && at.resolveSibling(destination).normalize().startsWith(home)
                && !at.resolveSibling(destination).normalize().equals(home);
        if (!inside) {
            throw new RepositoryException.Unusable(
                    "The backup holds a link \"" + link.path() + "\" that points outside the restored directory.",
                    "if it is a tablespace, say where to restore it to; otherwise leave this backup alone.");
        }
    }

    void createDirectory(FilePath path) throws IOException {
        create(resolve(path));
    }

    RestoredFile createFile(IndexEntry.RegularFile file, int parts) throws IOException {
        Path path = resolve(name(file.path()));
        Path parent = path.getParent();
        if (parent != null) {
            create(parent);
        }
        return compared
                ? RestoredFile.over(path, file.mode(), file.modified(), file.length(), parts)
                : RestoredFile.create(path, file.mode(), file.modified(), parts);
    }

    void createLink(IndexEntry.SymbolicLink link) throws IOException {
        if (!redirects.containsKey(link.path())) {
            Files.createSymbolicLink(resolve(link.path()), Path.of(link.destination()));
        }
    }

    /** Modes are set last: a directory may be one that cannot be written to. */
    void noteMode(IndexEntry.Directory directory) throws IOException {
        modes.put(resolve(directory.path()), directory.mode());
    }

    void sync(FilePath file) throws IOException {
        sync(resolve(name(file)));
    }

    /** Makes the links to redirected directories, sets modes, and syncs all directories, the deepest first. */
    void finish() throws IOException {
        for (Map.Entry<FilePath, Path> redirect : redirects.entrySet()) {
            Path link = root.resolve(redirect.getKey().value());
            Path parent = link.getParent();
            if (parent != null) {
                create(parent);
            }
            Files.deleteIfExists(link); // an empty directory of that name, at most
            Files.createSymbolicLink(link, redirect.getValue());
        }
        for (Path redirected : redirects.values()) {
            finish(redirected);
        }
        finish(root);
        Path above = root.getParent();
        if (above != null) {
            sync(above);
        }
    }

    private void finish(Path top) throws IOException {
        try (Stream<Path> all = Files.walk(top)) {
            for (Path directory :
                    (Iterable<Path>) all.filter(path -> Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS))
                            .sorted(Comparator.reverseOrder())::iterator) {
                sync(directory);
                Integer mode = modes.get(directory);
                if (mode != null) {
                    Files.setPosixFilePermissions(directory, RestoredFile.permissions(mode));
                }
            }
        }
    }

    private Path resolve(FilePath path) throws IOException {
        try {
            Optional<Map.Entry<FilePath, Path>> redirect = redirect(path);
            if (redirect.isEmpty()) {
                return root.resolve(path.value());
            }
            String prefix = redirect.get().getKey().value();
            return redirect.get()
                    .getValue()
                    .resolve(path.value()
                            .substring(
                                    Math.min(prefix.length() + 1, path.value().length())));
        } catch (InvalidPathException e) {
            throw new IOException(
                    "The name \"" + path + "\" cannot be written on this host."
                            + " HINT: run with a UTF-8 locale (LANG=C.UTF-8) or -Dsun.jnu.encoding=UTF-8.",
                    e);
        }
    }

    private Optional<Map.Entry<FilePath, Path>> redirect(FilePath path) {
        return redirects.entrySet().stream()
                .filter(redirect -> path.startsWith(redirect.getKey()))
                .max(Comparator.comparingInt(
                        redirect -> redirect.getKey().value().length()));
    }

    private static void create(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            Files.createDirectories(directory, PosixFilePermissions.asFileAttribute(RestoredFile.permissions(0700)));
        }
    }

    private static void sync(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
