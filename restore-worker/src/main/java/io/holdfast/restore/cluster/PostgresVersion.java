package io.holdfast.restore.cluster;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The version of a PostgreSQL program or server.
 *
 * @param major 15, 16 …
 * @param minor 0 for what is not yet released
 */
public record PostgresVersion(int major, int minor) implements Comparable<PostgresVersion> {
    private static final Pattern PRINTED = Pattern.compile("\\(PostgreSQL\\) (\\d{1,3})(?:\\.(\\d{1,3}))?");
    private static final Pattern PLAIN = Pattern.compile("(\\d{1,3})(?:\\.(\\d{1,3}))?.*", Pattern.DOTALL);

    /** From {@code server_version_num}, such as 170011. */
    public static PostgresVersion ofNumber(int serverVersionNum) {
        return new PostgresVersion(serverVersionNum / 10_000, serverVersionNum % 10_000);
    }

    /** From what {@code --version} prints, such as {@code pg_dump (PostgreSQL) 15.9 (Debian 15.9-0+deb12u1)}. */
    public static Optional<PostgresVersion> ofPrinted(String line) {
        Matcher matcher = PRINTED.matcher(line);
        return matcher.find() ? Optional.of(of(matcher)) : Optional.empty();
    }

    /** From {@code 17.11} or {@code 17.11 (Debian …)}. */
    public static Optional<PostgresVersion> ofPlain(String text) {
        Matcher matcher = PLAIN.matcher(text.strip());
        return matcher.matches() ? Optional.of(of(matcher)) : Optional.empty();
    }

    private static PostgresVersion of(Matcher matcher) {
        String minor = matcher.group(2);
        return new PostgresVersion(Integer.parseInt(matcher.group(1)), minor == null ? 0 : Integer.parseInt(minor));
    }

    @Override
    public int compareTo(PostgresVersion other) {
        int byMajor = Integer.compare(major, other.major);
        return byMajor != 0 ? byMajor : Integer.compare(minor, other.minor);
    }

    @Override
    public String toString() {
        return major + "." + minor;
    }
}
