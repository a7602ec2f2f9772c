package io.holdfast.cli.command;

import io.holdfast.cli.local.InstanceFolder;
import io.holdfast.cli.local.LocalMode;
import io.holdfast.cli.local.StartReport;
import io.holdfast.cli.output.Console;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Locale;

/** The local instance that a command's arguments mean. */
final class LocalInstance {
    private LocalInstance() {}

    static InstanceFolder folder(GlobalOptions options) {
        return options.chosenData().map(InstanceFolder::of).orElseGet(InstanceFolder::byDefault);
    }

    static LocalMode at(InstanceFolder folder, Console console) {
        return new LocalMode(folder, distribution(), new SecureRandom(), narrated(console));
    }

    /** The project's folder, as the start script tells it. */
    static Path distribution() {
        String home = System.getProperty("holdfast.home");
        return Path.of(home == null ? "" : home).toAbsolutePath();
    }

    private static StartReport narrated(Console console) {
        return new StartReport() {
            @Override
            public void starting(String part) {
                console.note("starting " + part);
            }

            @Override
            public void ready(String part, Duration after) {
                console.note(String.format(Locale.ROOT, "%s is ready after %.1f s", part, after.toMillis() / 1000.0));
            }

            @Override
            public void stopping(String part) {
                console.note("stopping " + part);
            }
        };
    }
}
