package io.holdfast.cli.local;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** The five services, with what each needs to run in a small space. */
enum ServiceProgram {
    SCHEDULER_SERVICE("128m", Compiler.QUICK),
    BACKUP_WORKER("256m", Compiler.THOROUGH),
    RESTORE_WORKER("192m", Compiler.THOROUGH),
    VERIFIER_SERVICE("192m", Compiler.THOROUGH),
    NOTIFIER_SERVICE("96m", Compiler.QUICK);

    /**
     * Who only waits starts faster and smaller without the optimising compiler. Who moves bytes needs it for a few loops;
     * docs/decisions/0090 says why no more than that is optimised.
     */
    private enum Compiler {
        QUICK,
        THOROUGH
    }

    private final String heap;
    private final Compiler compiler;

    ServiceProgram(String heap, Compiler compiler) {
        this.heap = heap;
        this.compiler = compiler;
    }

    /** The module's name, which is the service's. */
    String module() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    List<String> jvmArguments(Path distribution) {
        List<String> small = List.of("-Xmx" + heap, "-Xss512k");
        List<String> more = switch (compiler) {
            case QUICK ->
                List.of(
                        "-XX:+UseSerialGC",
                        "-XX:+ExitOnOutOfMemoryError",
                        "--enable-native-access=ALL-UNNAMED",
                        "-XX:TieredStopAtLevel=1");
            case THOROUGH -> List.of(Jvm.optionsOfMovers(distribution));
        };
        return Stream.concat(small.stream(), more.stream()).toList();
    }

    /** What the build makes, below the project's folder. */
    Path jar(Path distribution) {
        return folder(distribution).resolve("quarkus-run.jar");
    }

    /** Where the build puts the program with its libraries. */
    Path folder(Path distribution) {
        return distribution.resolve(module()).resolve("target/quarkus-app");
    }
}
