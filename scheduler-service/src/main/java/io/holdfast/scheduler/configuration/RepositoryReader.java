package io.holdfast.scheduler.configuration;

import io.holdfast.events.RepositoryId;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads one entry of {@code repositories}. */
final class RepositoryReader {

    static final List<String> KEYS = List.of("url");
    private static final String HINT = "write an absolute folder, such as \"file:///srv/holdfast\"";

    private RepositoryReader() {}

    static @Nullable ConfiguredRepository read(RepositoryId id, Section section) {
        String url = section.read("url", section.requiredText("url", HINT), RepositoryReader::checked, HINT);
        return url == null ? null : new ConfiguredRepository(id, url);
    }

    private static String checked(String text) {
        URI uri;
        try {
            uri = URI.create(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("is not a URL", e);
        }
        if (!"file".equals(uri.getScheme())) {
            throw new IllegalArgumentException("is not a file: URL, the only sort of repository there is");
        }
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
        return text;
    }
}
