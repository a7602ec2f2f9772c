package io.holdfast.restore.cluster;

import io.holdfast.events.FailureCategory;
import io.holdfast.restore.RestoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * How an unprivileged server gets at directories below one that it may not enter, such as root's own. No permission is
 * loosened: in a mount namespace of the server alone, an empty directory covers the closed one, and in it, at the same
 * paths, lie only the server's directories.
 */
final class PrivateView {
    // $1 an empty directory, $2 how many places, $3 how many closed directories; then these, then the command.
    private static final String SCRIPT = """
            set -e; umask 022
            staging=$1; places=$2; closed=$3; shift 3
            mount -t tmpfs -o mode=0755 holdfast "$staging"
            i=0
            for path in "$@"; do
              if [ $i -lt $places ]; then
                mkdir "$staging/$i"; mount --bind "$path" "$staging/$i"
              elif [ $i -lt $((places + closed)) ]; then
                mount -t tmpfs -o mode=0755 holdfast "$path"
              fi
              i=$((i + 1))
            done
            i=0
            while [ $i -lt $places ]; do
              mkdir -p "$1"; mount --move "$staging/$i" "$1"; i=$((i + 1)); shift
            done
            umount "$staging"
            while [ $closed -gt 0 ]; do
              mount -o remount,ro,mode=0755 "$1"; closed=$((closed - 1)); shift
            done
            exec "$@"
            """;

    /** In the server's own namespace anything may be mounted here for a moment. */
    private static final Path STAGING = Path.of("/mnt");

    private PrivateView() {}

    /** The command, run by root, that gives the inner one such a view where it is needed. */
    static List<String> command(RunAs runAs, List<Path> places, List<String> inner) throws RestoreException {
        if (!(runAs instanceof RunAs.Another user)) {
            return inner;
        }
        try {
            Set<Path> closed = closed(user, places);
            return closed.isEmpty() ? inner : covered(closed, places, inner, user);
        } catch (IOException e) {
            throw new RestoreException(
                    FailureCategory.DESTINATION,
                    "the way to " + places + " cannot be looked at: " + e.getMessage(),
                    "see that the directories exist.",
                    e);
        }
    }

    private static List<String> covered(Set<Path> closed, List<Path> places, List<String> inner, RunAs.Another user)
            throws RestoreException {
        for (Path each : closed) {
            if (STAGING.startsWith(each) || each.startsWith(STAGING) || !Files.isDirectory(STAGING)) {
                throw new RestoreException(
                        FailureCategory.DESTINATION,
                        "the user " + user.name() + ", as whom the restored server runs, may not enter " + each + ".",
                        "let that user enter it (chmod o+x), or restore to another directory.");
            }
        }
        List<Path> hidden = places.stream()
                .filter(place -> closed.stream().anyMatch(place::startsWith))
                .toList();
        List<String> command = new ArrayList<>(
                List.of("unshare", "--mount", "--propagation", "private", "--", "/bin/sh", "-c", SCRIPT, "sh"));
        command.add(STAGING.toString());
        command.add(Integer.toString(hidden.size()));
        command.add(Integer.toString(closed.size()));
        hidden.forEach(place -> command.add(place.toString()));
        closed.forEach(each -> command.add(each.toString()));
        command.addAll(inner);
        return command;
    }

    /** The uppermost directories on the ways to the places that the user may not enter. */
    static Set<Path> closed(RunAs.Another user, List<Path> places) throws IOException {
        Set<Path> found = new LinkedHashSet<>();
        for (Path place : places) {
            Path at = place.getRoot();
            for (Path name : at.relativize(place.getParent())) {
                at = at.resolve(name);
                if (!mayEnter(user, at)) {
                    found.add(at);
                    break;
                }
            }
        }
        return found;
    }

    private static boolean mayEnter(RunAs.Another user, Path directory) throws IOException {
        Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(directory, LinkOption.NOFOLLOW_LINKS);
        int owner = (Integer) Files.getAttribute(directory, "unix:uid", LinkOption.NOFOLLOW_LINKS);
        int group = (Integer) Files.getAttribute(directory, "unix:gid", LinkOption.NOFOLLOW_LINKS);
        if (Integer.toUnsignedLong(owner) == user.uid()) {
            return permissions.contains(PosixFilePermission.OWNER_EXECUTE);
        }
        if (Integer.toUnsignedLong(group) == user.gid()) {
            return permissions.contains(PosixFilePermission.GROUP_EXECUTE);
        }
        return permissions.contains(PosixFilePermission.OTHERS_EXECUTE);
    }
}
