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

    /** How java is told the options of whoever moves bytes, which the images use as well; docs/decisions/0090. */
    static String optionsOfMovers(Path distribution) {
        return "@" + distribution.resolve(Path.of("deploy", "docker", "jvm.options"));
    }
}
