package io.holdfast.cli.local;

import java.nio.file.Path;

/** The Java that this command runs on, for the processes it starts. */
final class Jvm {
    private Jvm() {}

    static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    static String classPath() {
        return System.getProperty("java.class.path");
    }
}
