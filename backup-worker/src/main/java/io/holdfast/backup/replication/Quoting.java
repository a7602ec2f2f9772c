package io.holdfast.backup.replication;

/** Quotes names and texts as the grammar of the replication commands reads them: it knows no backslash escapes. */
final class Quoting {
    private Quoting() {}

    /** A name in double quotes. */
    static String identifier(String name) {
        return '"' + withoutNul(name).replace("\"", "\"\"") + '"';
    }

    /** A text in single quotes. */
    static String literal(String text) {
        return '\'' + withoutNul(text).replace("'", "''") + '\'';
    }

    private static String withoutNul(String text) {
        if (text.isEmpty() || text.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("neither empty nor with a zero character: it ends the command");
        }
        return text;
    }
}
