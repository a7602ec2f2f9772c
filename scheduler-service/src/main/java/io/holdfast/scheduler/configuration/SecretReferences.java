package io.holdfast.scheduler.configuration;

import java.util.regex.Pattern;

/** The shape of a reference to a secret. Whether it leads anywhere only the worker that uses it can know. */
public final class SecretReferences {

    private static final Pattern REFERENCE = Pattern.compile("env:[A-Za-z_][A-Za-z0-9_]*|file:/[^\\p{Cntrl}]+");

    private SecretReferences() {}

    public static boolean valid(String text) {
        return REFERENCE.matcher(text).matches();
    }
}
