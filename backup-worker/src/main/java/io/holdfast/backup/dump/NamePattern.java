package io.holdfast.backup.dump;

import java.util.regex.Pattern;

/**
 * A pattern of names as {@code pg_dump} and psql take it: outside of double quotes, letters are lower case, {@code *} stands
 * for any characters and {@code ?} for one; between them everything means itself, and a double quote is written twice.
 *
 * @see <a href="https://www.postgresql.org/docs/current/app-psql.html#APP-PSQL-PATTERNS">Patterns</a>
 */
record NamePattern(String text) {
    private static final int FIRST_BEYOND_ASCII = 0x80;
    private static final int LONGEST_SHORT_ESCAPE = 0xffff;

    /** What it matches among names that have no parts, such as those of databases. Other characters than these mean themselves. */
    Pattern ofWholeName() {
        StringBuilder regex = new StringBuilder();
        boolean quoted = false;
        int[] points = text.codePoints().toArray();
        for (int i = 0; i < points.length; i++) {
            int point = points[i];
            if (point == '"' && quoted && i + 1 < points.length && points[i + 1] == '"') {
                regex.append('"');
                i++;
            } else if (point == '"') {
                quoted = !quoted;
            } else if (!quoted && point == '*') {
                regex.append(".*");
            } else if (!quoted && point == '?') {
                regex.append('.');
            } else {
                // Only ASCII, as psql does it: what the lower case of others is depends on the server's locale.
                boolean upper = !quoted && point >= 'A' && point <= 'Z';
                regex.append(Pattern.quote(Character.toString(upper ? point - 'A' + 'a' : point)));
            }
        }
        return Pattern.compile(regex.toString(), Pattern.DOTALL);
    }

    /**
     * The same for {@code pg_dump} in ASCII: the JDK encodes arguments in the locale's character set, and under a C locale
     * would make of {@code ö} a question mark, which matches any character. A pattern becomes a regular expression of the
     * server, which knows escapes by number, though not between double quotes.
     */
    String inAscii() {
        StringBuilder ascii = new StringBuilder();
        boolean quoted = false;
        int[] points = text.codePoints().toArray();
        for (int point : points) {
            if (point == '"') {
                // One that is written twice closes and opens again: the state behind it is the same.
                quoted = !quoted;
            }
            if (point < FIRST_BEYOND_ASCII) {
                ascii.append((char) point);
            } else {
                String escape = (point <= LONGEST_SHORT_ESCAPE ? "\\u%04x" : "\\U%08x").formatted(point);
                ascii.append(quoted ? '"' + escape + '"' : escape);
            }
        }
        return ascii.toString();
    }
}
