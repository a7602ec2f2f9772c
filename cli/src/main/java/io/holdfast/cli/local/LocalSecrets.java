package io.holdfast.cli.local;

import io.holdfast.events.signing.KeyFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;

/**
 * What a local instance keeps to itself: the API's token, the database's passwords, the control plane's key pair. Made
 * once, all together or not at all, readable by the owner alone.
 */
public final class LocalSecrets {
    private final Path folder;

    private LocalSecrets(Path folder) {
        this.folder = folder;
    }

    static LocalSecrets ensure(Path folder, SecureRandom random) throws IOException {
        if (!Files.isDirectory(folder)) {
            Path fresh = folder.resolveSibling(folder.getFileName() + ".new");
            DeletedFolder.delete(fresh);
            Files.createDirectory(
                    fresh, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            LocalSecrets secrets = new LocalSecrets(fresh);
            for (Path file : List.of(secrets.tokenFile(), secrets.databasePasswordFile(), secrets.superuserFile())) {
                PrivateFiles.replace(file, random(random) + "\n");
            }
            KeyFiles.create(secrets.privateKey(), secrets.publicKey());
            Files.move(fresh, folder, StandardCopyOption.ATOMIC_MOVE);
        }
        return new LocalSecrets(folder);
    }

    private static String random(SecureRandom random) {
        byte[] bytes = new byte[24];
        random.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    Path tokenFile() {
        return folder.resolve("api-token");
    }

    String token() throws IOException {
        return read(tokenFile());
    }

    private Path databasePasswordFile() {
        return folder.resolve("database-password");
    }

    /** The password of the services' role. */
    String databasePassword() throws IOException {
        return read(databasePasswordFile());
    }

    private Path superuserFile() {
        return folder.resolve("database-superuser-password");
    }

    String superuserPassword() throws IOException {
        return read(superuserFile());
    }

    Path privateKey() {
        return folder.resolve("control-plane-private.pem");
    }

    Path publicKey() {
        return folder.resolve("control-plane-public.pem");
    }

    private static String read(Path file) throws IOException {
        return Files.readString(file).strip();
    }
}
