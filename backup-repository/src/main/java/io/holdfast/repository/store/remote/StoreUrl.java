package io.holdfast.repository.store.remote;

import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.store.ObjectKey;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An address {@code scheme://container/prefix?name=value&...}. Messages show the names of parameters but not what was
 * given for unknown ones: somebody may have written a secret there.
 */
public final class StoreUrl {
    private static final int LONGEST_PREFIX = 100;

    private final String container;
    private final String prefix;
    private final Map<String, String> parameters = new LinkedHashMap<>();

    private StoreUrl(String container, String prefix) {
        this.container = container;
        this.prefix = prefix;
    }

    /**
     * Takes an address apart.
     *
     * @param what a bucket's or container's name, for messages
     * @param known every parameter there is
     */
    public static StoreUrl of(URI uri, String what, List<String> known) throws RepositoryException {
        String container = uri.getAuthority();
        if (container == null || container.isEmpty() || uri.getFragment() != null) {
            throw unusable("The repository's address names no " + what + ".", "write " + form(uri, what) + ".");
        }
        if (container.contains("@") || container.contains(":")) {
            throw unusable(
                    "The repository's address has something beside the " + what + "'s name between // and /.",
                    "write " + form(uri, what) + "; credentials do not stand in addresses, and a port in endpoint=.");
        }
        StoreUrl url = new StoreUrl(container, prefix(uri));
        for (String parameter :
                uri.getRawQuery() == null ? new String[0] : uri.getRawQuery().split("&", -1)) {
            url.take(parameter, known);
        }
        return url;
    }

    private static String form(URI uri, String what) {
        return "it like " + uri.getScheme() + "://" + what + "/prefix?name=value&name=value";
    }

    private static String prefix(URI uri) throws RepositoryException {
        String path = uri.getPath() == null ? "" : uri.getPath();
        String prefix = path.replaceAll("^/|/$", "");
        boolean good = prefix.length() <= LONGEST_PREFIX;
        try {
            good = good && (prefix.isEmpty() || !new ObjectKey(prefix).value().isEmpty());
        } catch (IllegalArgumentException e) {
            good = false;
        }
        if (!good) {
            throw unusable(
                    "The prefix in the repository's address cannot be used.",
                    "use at most " + LONGEST_PREFIX + " printable ASCII characters, no empty part between slashes and"
                            + " none that begins with a dot.");
        }
        return prefix;
    }

    private void take(String parameter, List<String> known) throws RepositoryException {
        int equals = parameter.indexOf('=');
        String name = equals < 0 ? parameter : parameter.substring(0, equals);
        if (equals < 0 || !known.contains(name)) {
            String nearest = known.stream()
                    .min((a, b) -> Integer.compare(distance(a, name), distance(b, name)))
                    .orElse("");
            String guess = distance(nearest, name) <= 2 ? "did you mean " + nearest + "? " : "";
            throw unusable(
                    "The repository's address has a parameter that is not known"
                            + (ObjectKey.isName(name) ? ": " + name + "." : "."),
                    guess + "known, each written name=value: " + String.join(", ", known) + ".");
        }
        String value = URLDecoder.decode(parameter.substring(equals + 1).replace("+", "%2B"), StandardCharsets.UTF_8);
        if (value.isEmpty() || parameters.put(name, value) != null) {
            throw unusable(
                    "The parameter " + name + " in the repository's address is empty or given twice.",
                    "give it once, or leave it out for the default.");
        }
    }

    /** Levenshtein's distance. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            int diagonal = i - 1;
            for (int j = 0; j <= b.length(); j++) {
                int above = row[j];
                if (i == 0 || j == 0) {
                    row[j] = i + j;
                } else {
                    int swap = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                    row[j] = Math.min(swap, Math.min(above, row[j - 1]) + 1);
                }
                diagonal = above;
            }
        }
        return row[b.length()];
    }

    /** The bucket or container. */
    public String container() {
        return container;
    }

    /** What all keys begin with; empty, or without slashes at its ends. */
    public String prefix() {
        return prefix;
    }

    /** A parameter as it was given. */
    public Optional<String> text(String name) {
        return Optional.ofNullable(parameters.get(name));
    }

    /** A parameter that is one of these words. */
    public Optional<String> oneOf(String name, String... words) throws RepositoryException {
        Optional<String> given = text(name);
        if (given.isPresent() && !List.of(words).contains(given.get())) {
            throw wrong(name, "it is one of " + String.join(", ", words));
        }
        return given;
    }

    /** A parameter that is {@code true} or {@code false}. */
    public boolean flag(String name, boolean otherwise) throws RepositoryException {
        return oneOf(name, "true", "false").map(Boolean::parseBoolean).orElse(otherwise);
    }

    /** A parameter that is the address of a server. */
    public Optional<URI> endpoint(String name) throws RepositoryException {
        Optional<String> given = text(name);
        if (given.isEmpty()) {
            return Optional.empty();
        }
        try {
            URI uri = URI.create(given.get());
            boolean web = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
            if (web && uri.getHost() != null && uri.getUserInfo() == null && uri.getQuery() == null) {
                return Optional.of(uri);
            }
        } catch (IllegalArgumentException e) {
            throw wrong(name, "write it like https://store.example.org:9000");
        }
        throw wrong(name, "write it like https://store.example.org:9000, without a user or a query");
    }

    /** A parameter that is a size in bytes, such as {@code 16M}. */
    public long size(String name, long otherwise, long least, long most) throws RepositoryException {
        String given = text(name).orElse("");
        if (given.isEmpty()) {
            return otherwise;
        }
        int shift = switch (given.charAt(given.length() - 1)) {
            case 'K' -> 10;
            case 'M' -> 20;
            case 'G' -> 30;
            default -> 0;
        };
        long size = number(shift == 0 ? given : given.substring(0, given.length() - 1)) << shift;
        if (size < least || size > most) {
            throw wrong(name, "it is a size such as 16M, from " + (least >> 10) + "K to " + (most >> 20) + "M");
        }
        return size;
    }

    /** A parameter that is a time, such as {@code 30s}. */
    public Duration time(String name, Duration otherwise, Duration most) throws RepositoryException {
        String given = text(name).orElse("");
        if (given.isEmpty()) {
            return otherwise;
        }
        String unit = given.replaceAll("^[0-9]+", "");
        long amount = number(given.substring(0, given.length() - unit.length()));
        Duration time = switch (unit) {
            case "ms" -> Duration.ofMillis(amount);
            case "s" -> Duration.ofSeconds(amount);
            case "m" -> Duration.ofMinutes(amount);
            case "h" -> Duration.ofHours(amount);
            default -> Duration.ZERO;
        };
        if (!time.isPositive() || time.compareTo(most) > 0) {
            throw wrong(name, "it is a time such as 500ms, 30s or 10m, at most " + most.toMinutes() + "m");
        }
        return time;
    }

    /** A small whole number; -1 if it is none. */
    private static long number(String digits) {
        return digits.matches("[0-9]{1,9}") ? Long.parseLong(digits) : -1;
    }

    /** The exception for a parameter with a value that does not fit. */
    public static RepositoryException.Unusable wrong(String name, String hint) {
        return unusable(
                "The parameter " + name + " in the repository's address has a value that does not fit.", hint + ".");
    }

    private static RepositoryException.Unusable unusable(String what, String hint) {
        return new RepositoryException.Unusable(what, hint);
    }
}
