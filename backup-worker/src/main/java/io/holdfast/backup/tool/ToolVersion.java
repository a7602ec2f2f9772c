package io.holdfast.backup.tool;

import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The version of a PostgreSQL program.
 *
 * @param major such as 17; the first number also of versions before 10
 * @param minor such as 11; 0 for betas
 * @param text as the program writes it, such as {@code 17.11} or {@code 19beta1}
 */
public record ToolVersion(int major, int minor, String text) implements Comparable<ToolVersion> {
    private static final Pattern FORM = Pattern.compile("\\(PostgreSQL\\)\\s+((\\d{1,3})(?:\\.(\\d{1,4}))?[\\w.]*)");
    private static final Comparator<ToolVersion> ORDER =
            Comparator.comparingInt(ToolVersion::major).thenComparingInt(ToolVersion::minor);

    /** Reads the answer to {@code --version}, such as {@code pg_dump (PostgreSQL) 15.19 (Debian 15.19-0+deb12u1)}. */
    public static Optional<ToolVersion> parse(String answer) {
        Matcher matcher = FORM.matcher(answer);
        if (!matcher.find()) {
            return Optional.empty();
        }
        String minor = matcher.group(3);
        return Optional.of(new ToolVersion(
                Integer.parseInt(matcher.group(2)), minor == null ? 0 : Integer.parseInt(minor), matcher.group(1)));
    }

    @Override
    public int compareTo(ToolVersion other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return text;
    }
}
