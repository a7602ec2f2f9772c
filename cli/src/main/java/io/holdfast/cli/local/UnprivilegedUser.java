package io.holdfast.cli.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.UserPrincipal;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Who PostgreSQL runs as: it refuses root, so root hands its files and processes to {@code postgres}, or to
 * {@code nobody}. For everybody else this is the user himself.
 */
public final class UnprivilegedUser {
    private final Optional<UserPrincipal> other;

    private UnprivilegedUser(Optional<UserPrincipal> other) {
        this.other = other;
    }

    public static UnprivilegedUser find(Path anywhere) throws IOException {
        if (!"root".equals(System.getProperty("user.name"))) {
            return new UnprivilegedUser(Optional.empty());
        }
        for (String name : List.of("postgres", "nobody")) {
            try {
                return new UnprivilegedUser(Optional.of(
                        anywhere.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(name)));
            } catch (UserPrincipalNotFoundException e) {
                // The next one, then.
            }
        }
        throw new IOException("neither a user 'postgres' nor 'nobody' is known, and PostgreSQL does not run as root."
                + " HINT: add one (useradd --system postgres), or run holdfast as another user.");
    }

    /** What to write before a command so that it runs as this user; the process id stays the same. */
    public List<String> prefix() {
        return other.map(user -> List.of(
                        "setpriv", "--reuid=" + user.getName(), "--regid=" + groupOf(user), "--clear-groups", "--"))
                .orElse(List.of());
    }

    private static String groupOf(UserPrincipal user) {
        return user.getName().equals("nobody") ? "nogroup" : user.getName();
    }

    /** Gives a file, or a folder and all in it, to this user. */
    public void own(Path path) throws IOException {
        if (other.isEmpty()) {
            return;
        }
        try (Stream<Path> all = Files.walk(path)) {
            for (Path each : all.toList()) {
                Files.setOwner(each, other.get());
            }
        }
    }

    /** Whether this user may go through a folder, as far as the folder's owner and others' permissions tell. */
    boolean mayEnter(Path folder) throws IOException {
        if (other.isEmpty() || Files.getOwner(folder).equals(other.get())) {
            return true;
        }
        return Files.getPosixFilePermissions(folder).contains(PosixFilePermission.OTHERS_EXECUTE);
    }

    /** The name, for messages. */
    public String name() {
        return other.map(UserPrincipal::getName).orElse(System.getProperty("user.name"));
    }
}
