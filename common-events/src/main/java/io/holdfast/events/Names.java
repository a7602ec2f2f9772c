package io.holdfast.events;

import java.util.regex.Pattern;

/** The one rule for names that operators choose. */
final class Names {

    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{0,62}");

    private Names() {}

    static void check(String what, String value) {
        if (!NAME.matcher(value).matches() || value.contains("..")) {
            throw new IllegalArgumentException("the " + what + " name is not valid. HINT: use 1 to 63 lower-case"
                    + " letters, digits, '.', '_' or '-', beginning with a letter or digit.");
        }
    }
}
