package io.holdfast.restore.cluster;

import io.holdfast.events.FailureCategory;
import io.holdfast.restore.RestoreException;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.UserPrincipal;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * As whom a restored server runs: PostgreSQL refuses root, and restored code is not to be trusted. Where the worker is
 * root, an unprivileged user; otherwise the worker's own.
 */
public sealed interface RunAs {
    /** The command that runs another one as this user. */
    List<String> command(List<String> inner);

    /** Gives one file, directory or link to the user; links are not followed. */
    void give(Path path) throws IOException;

    /** Gives what is open, or was found in an open directory. */
    void give(PosixFileAttributeView file) throws IOException;

    /** Takes one file or directory back to the worker's own user. */
    void take(Path path) throws IOException;

    /** The user's number; -1 where the worker's own user is meant. */
    long uid();

    /** The worker's own user. */
    record Myself() implements RunAs {
        @Override
        public List<String> command(List<String> inner) {
            return List.copyOf(inner);
        }

        @Override
        public void give(Path path) {
            // Whoever writes a file owns it.
        }

        @Override
        public void give(PosixFileAttributeView file) {
            // Whoever writes a file owns it.
        }

        @Override
        public void take(Path path) {
            // It is ours, or cannot be taken.
        }

        @Override
        public long uid() {
            return -1;
        }
    }

    /**
     * Another user; the worker is root.
     *
     * @param name for messages and ownership
     * @param uid his number
     * @param gid his primary group's number
     */
    record Another(String name, long uid, long gid) implements RunAs {
        @Override
        public List<String> command(List<String> inner) {
            return java.util.stream.Stream.concat(
                            java.util.stream.Stream.of(
                                    "setpriv",
                                    "--reuid=" + uid,
                                    "--regid=" + gid,
                                    "--clear-groups",
                                    "--inh-caps=-all",
                                    "--no-new-privs",
                                    "--"),
                            inner.stream())
                    .toList();
        }

        @Override
        public void give(Path path) throws IOException {
            own(Files.getFileAttributeView(path, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS), uid, gid);
        }

        @Override
        public void give(PosixFileAttributeView file) throws IOException {
            own(file, uid, gid);
        }

        @Override
        public void take(Path path) throws IOException {
            own(Files.getFileAttributeView(path, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS), 0, 0);
        }

        private static void own(PosixFileAttributeView view, long uid, long gid) throws IOException {
            UserPrincipalLookupService lookup = FileSystems.getDefault().getUserPrincipalLookupService();
            UserPrincipal user = lookup.lookupPrincipalByName(Long.toString(uid));
            GroupPrincipal group = lookup.lookupPrincipalByGroupName(Long.toString(gid));
            view.setOwner(user);
            view.setGroup(group);
        }
    }

    /**
     * Who it is on this host.
     *
     * @param wanted the configured user; absent: {@code postgres}, else {@code nobody}. Means nothing unless we are root
     */
    static RunAs of(@Nullable String wanted, Programs programs) throws RestoreException, InterruptedException {
        if (!isRoot()) {
            return new Myself();
        }
        List<String> candidates = wanted == null ? List.of("postgres", "nobody") : List.of(wanted);
        for (String name : candidates) {
            Optional<Long> uid = id(programs, "-u", name);
            Optional<Long> gid = id(programs, "-g", name);
            if (uid.isPresent() && gid.isPresent() && uid.get() != 0) {
                return new Another(name, uid.get(), gid.get());
            }
        }
        throw new RestoreException(
                FailureCategory.CONFIGURATION,
                "there is no unprivileged user to run the restored server as; looked for " + candidates + ".",
                "name an existing user other than root in HOLDFAST_RUN_AS.");
    }

    private static boolean isRoot() throws RestoreException {
        try {
            return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
        } catch (IOException e) {
            throw new RestoreException(
                    FailureCategory.CONFIGURATION,
                    "who runs the restore-worker cannot be told: " + e.getMessage() + ".",
                    "restores need Linux with /proc.",
                    e);
        }
    }

    private static Optional<Long> id(Programs programs, String what, String name)
            throws RestoreException, InterruptedException {
        Programs.Outcome outcome = programs.run(List.of("id", what, "--", name), new byte[0], Duration.ofSeconds(20));
        return outcome.exitCode() == 0
                ? Optional.of(Long.parseLong(outcome.output().strip()))
                : Optional.empty();
    }
}
