package io.holdfast.scheduler.restore;

import io.holdfast.events.request.RestoreDestination.Table;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads {@code schema.table} as people write it. A part that has a dot, a double quote or blanks at its ends stands between
 * double quotes, in which a double quote is written twice. Letters are taken as they are, upper or lower case.
 */
final class TableName {
    private static final int LONGEST = 256;

    private TableName() {}

    /** @throws IllegalArgumentException if it is anything else; the message goes behind "an entry that" */
    static Table parse(String text) {
        List<String> parts = new ArrayList<>();
        int at = 0;
        while (at <= text.length()) {
            boolean quoted = at < text.length() && text.charAt(at) == '"';
            int end = quoted ? closing(text, at) + 1 : next(text, at);
            if (end < text.length() && text.charAt(end) != '.') {
                throw new IllegalArgumentException("goes on behind a double quote: " + shortened(text));
            }
            String part = quoted ? text.substring(at + 1, end - 1).replace("\"\"", "\"") : text.substring(at, end);
            if (part.isBlank() || part.length() > LONGEST || (!quoted && part.indexOf('"') >= 0)) {
                throw new IllegalArgumentException("is no name: " + shortened(text));
            }
            parts.add(part);
            at = end + 1;
        }
        if (parts.size() != 2) {
            throw new IllegalArgumentException("is not of two parts: " + shortened(text));
        }
        return new Table(parts.getFirst(), parts.getLast());
    }

    private static int next(String text, int from) {
        int dot = text.indexOf('.', from);
        return dot < 0 ? text.length() : dot;
    }

    private static int closing(String text, int opening) {
        for (int i = opening + 1; i < text.length(); i++) {
            if (text.charAt(i) == '"') {
                boolean twice = i + 1 < text.length() && text.charAt(i + 1) == '"';
                if (!twice) {
                    return i;
                }
                i++;
            }
        }
        throw new IllegalArgumentException("has a double quote without its partner: " + shortened(text));
    }

    private static String shortened(String text) {
        return text.length() <= 80 ? text : text.substring(0, 80) + "…";
    }
}
