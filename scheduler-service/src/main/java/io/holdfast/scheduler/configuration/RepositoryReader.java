package io.holdfast.scheduler.configuration;

import io.holdfast.events.RepositoryId;
import io.holdfast.events.definition.RepositoryDefined;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/** Reads one entry of {@code repositories}. */
final class RepositoryReader {

    static final List<String> KEYS =
            List.of("url", "access_key", "secret_key", "object_lock", "encryption", "retention", "deletion");
    static final List<String> DELETION_KEYS = List.of("access_key", "secret_key");
    static final List<String> LOCK_KEYS = List.of("mode", "days");
    private static final List<String> LOCK_MODES = List.of("governance", "compliance");
    private static final String NONE = "none";
    private static final int LONGEST_LOCK_DAYS = 36_500;
    private static final String HINT = "write an absolute folder, such as \"file:///srv/holdfast\", a bucket, such as"
            + " \"s3://bucket/prefix?region=eu-central-1\", or a container, such as \"azblob://container/prefix\"";

    private RepositoryReader() {}

    /** Reads it; the revision is 0. */
    static @Nullable RepositoryDefined read(RepositoryId id, Section section) {
        String url = section.read("url", section.requiredText("url", HINT), RepositoryReader::checked, HINT);
        String accessKey = section.secretReference("access_key");
        String secretKey = section.secretReference("secret_key");
        if (section.values().containsKey("access_key") != section.values().containsKey("secret_key")) {
            section.problems()
                    .add(
                            section.where(accessKey == null ? "secret_key" : "access_key"),
                            "access_key and secret_key belong together",
                            "give both, or none where the worker's machine has a role of its own");
        }
        RepositoryDefined.ObjectLock lock = lock(section, url);
        RepositoryDefined.Encryption encrypted = encryption(id, section);
        RepositoryDefined.Deletion deletion = deletion(section, secretKey);
        return url == null ? null : new RepositoryDefined(id, 0, url, accessKey, secretKey, lock, encrypted, deletion);
    }

    /** What the retention role shows; whoever makes backups must not have it. */
    private static RepositoryDefined.@Nullable Deletion deletion(Section repository, @Nullable String workersKey) {
        Section deletion = repository.section("deletion", DELETION_KEYS);
        if (deletion == null) {
            return null;
        }
        String hint =
                "write `deletion: { access_key: \"env:…\", secret_key: \"env:…\" }`, with credentials that workers"
                        + " do not have";
        for (String key : DELETION_KEYS) {
            if (!deletion.values().containsKey(key)) {
                deletion.problems()
                        .add(
                                repository.where("deletion"),
                                "`" + key + "` is missing in " + repository.path("deletion"),
                                hint);
            }
        }
        String accessKey = deletion.secretReference("access_key");
        String secretKey = deletion.secretReference("secret_key");
        if (secretKey != null && secretKey.equals(workersKey)) {
            deletion.problems()
                    .warn(
                            deletion.where("secret_key"),
                            "who makes backups may delete them, too: " + repository.path("deletion")
                                    + " has the same credentials",
                            hint);
        }
        return accessKey == null || secretKey == null ? null : new RepositoryDefined.Deletion(accessKey, secretKey);
    }

    /** To go without encryption is a choice that has to be written down, or is complained about for as long as it is not. */
    private static RepositoryDefined.@Nullable Encryption encryption(RepositoryId id, Section section) {
        if (section.where("encryption") instanceof ScalarNode text && NONE.equals(text.getValue())) {
            return null;
        }
        if (!section.values().containsKey("encryption")) {
            section.problems()
                    .warn(
                            section.where("encryption"),
                            "what is stored in the repository `" + id + "` is NOT encrypted: whoever reads it reads the"
                                    + " databases",
                            "give it `encryption`, or write `encryption: none` if that is what you want");
        }
        Section encryption = section.section("encryption", EncryptionReader.KEYS);
        return encryption == null ? null : EncryptionReader.read(encryption);
    }

    private static RepositoryDefined.@Nullable ObjectLock lock(Section repository, @Nullable String url) {
        Section lock = repository.section("object_lock", LOCK_KEYS);
        if (lock == null) {
            return null;
        }
        if (url != null && url.startsWith("file:")) {
            repository
                    .problems()
                    .add(
                            repository.keyOf("object_lock"),
                            "a folder cannot lock its files",
                            "leave object_lock out, or use a bucket that was made with Object Lock");
        }
        for (String key : LOCK_KEYS) {
            if (!lock.values().containsKey(key)) {
                lock.problems()
                        .add(
                                repository.where("object_lock"),
                                "`" + key + "` is missing in " + repository.path("object_lock"),
                                "write `object_lock: { mode: compliance, days: 35 }`");
            }
        }
        String mode = lock.oneOf("mode", LOCK_MODES, "compliance");
        return new RepositoryDefined.ObjectLock(mode, lock.integer("days", 1, LONGEST_LOCK_DAYS, 1));
    }

    private static String checked(String text) {
        URI uri;
        try {
            uri = URI.create(text);
        } catch (IllegalArgumentException e) {
            // The cause would repeat the text, and with it a password that should not be there.
            throw new IllegalArgumentException("is not a URL");
        }
        if (uri.getRawUserInfo() != null) {
            throw new IllegalArgumentException("holds a login, which has keys of its own (access_key, secret_key)");
        }
        String scheme = uri.getScheme() == null ? "" : uri.getScheme();
        switch (scheme) {
            case "file" -> requireFolder(uri);
            case "s3", "azblob" -> requireBucket(uri);
            default -> throw new IllegalArgumentException("is none of file:, s3: and azblob:");
        }
        return text;
    }

    private static void requireFolder(URI uri) {
        boolean local = uri.getAuthority() == null || uri.getAuthority().isEmpty();
        if (!local
                || uri.getPath() == null
                || !uri.getPath().startsWith("/")
                || uri.getPath().length() < 2) {
            throw new IllegalArgumentException("does not name an absolute folder");
        }
        if (uri.getQuery() != null || uri.getFragment() != null) {
            throw new IllegalArgumentException("has a query or fragment, which files don't");
        }
    }

    // What the parameters mean only the worker's adapter knows; it refuses those that it does not.
    private static void requireBucket(URI uri) {
        if (uri.getAuthority() == null || !uri.getAuthority().matches("[A-Za-z0-9][A-Za-z0-9._-]{1,254}")) {
            throw new IllegalArgumentException("does not name a bucket or container behind the two slashes");
        }
        if (uri.getFragment() != null) {
            throw new IllegalArgumentException("has a fragment (#), which buckets don't");
        }
    }
}
