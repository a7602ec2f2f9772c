package io.holdfast.restore.sandbox;

import io.holdfast.restore.RestoreException;
import io.holdfast.restore.cluster.Programs;
import io.holdfast.restore.cluster.RunAs;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** A sandbox in a process of its own, with a program in it that only the sandbox's end ends. */
final class HeldSandbox {
    private HeldSandbox() {}

    /**
     * Arguments: the folder for sandboxes, and a script to run in it first. Says what that says, then "held" once the program
     * runs, or what went wrong.
     */
    public static void main(String[] arguments) throws Exception {
        Programs programs = new Programs();
        try (Sandbox sandbox =
                Sandbox.open(Path.of(arguments[0]), RunAs.of("nobody", programs), List.of(), SandboxLimits.USUAL)) {
            System.out.print(sandbox.run(List.of("sh", "-c", arguments[1]), Map.of(), Duration.ofSeconds(10))
                    .output());
            sandbox.run(
                    // Nobody's child any more, deaf to what asks it to end.
                    List.of("sh", "-c", "trap '' TERM INT HUP QUIT; setsid -f sleep 3661.5"),
                    Map.of(),
                    Duration.ofSeconds(10));
            System.out.println("held");
            Thread.sleep(Duration.ofMinutes(5));
        } catch (RestoreException e) {
            System.out.println(e.failure().category() + " " + e.getMessage());
        }
    }
}
