package io.holdfast.restore.physical;

import io.holdfast.restore.cluster.RunAs;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The directory of a tablespace in which something lies beside the folder of the restored cluster, such as another cluster's.
 * During a restore nobody else writes to it, but all get through it; then it is as it was.
 *
 * @param own what the names of the restored cluster's folders begin with
 * @param before whose it was, and its mode
 */
record SharedTop(Path directory, String own, PosixFileAttributes before) {
    /**
     * A directory, if it is shared.
     *
     * @param major of the restored cluster
     */
    static Optional<SharedTop> of(Path directory, int major) throws IOException {
        String own = "PG_" + major + "_";
        List<Path> entries = entries(directory, "*");
        boolean shared = entries.size() > 1
                || entries.stream()
                        .anyMatch(each -> !each.getFileName().toString().startsWith(own));
        return shared
                ? Optional.of(new SharedTop(directory, own, view(directory).readAttributes()))
                : Optional.empty();
    }

    void take(RunAs runAs) throws IOException {
        runAs.take(directory);
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx--x--x"));
    }

    /** Gives the server what was restored: those of its folders that are ours by now. */
    void give(RunAs runAs) throws IOException {
        Object ours = Files.getAttribute(directory, "unix:uid", LinkOption.NOFOLLOW_LINKS);
        for (Path each : entries(directory, own + "*")) {
            if (Files.isDirectory(each, LinkOption.NOFOLLOW_LINKS)
                    && ours.equals(Files.getAttribute(each, "unix:uid", LinkOption.NOFOLLOW_LINKS))) {
                FileTree.give(each, runAs);
            }
        }
        giveBack(runAs);
    }

    /** It was ours before only if an earlier attempt was killed: then nobody knows whose it had been. */
    void giveBack(RunAs runAs) throws IOException {
        PosixFileAttributeView view = view(directory);
        if (runAs instanceof RunAs.Another && before.owner().equals(Files.getOwner(Path.of("/proc/self")))) {
            runAs.give(view);
        } else if (!view.readAttributes().owner().equals(before.owner())) {
            view.setOwner(before.owner());
            view.setGroup(before.group());
        }
        view.setPermissions(before.permissions());
    }

    private static PosixFileAttributeView view(Path directory) {
        return Files.getFileAttributeView(directory, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
    }

    private static List<Path> entries(Path directory, String pattern) throws IOException {
        List<Path> entries = new ArrayList<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(directory, pattern)) {
            found.forEach(entries::add);
        }
        return entries;
    }
}
