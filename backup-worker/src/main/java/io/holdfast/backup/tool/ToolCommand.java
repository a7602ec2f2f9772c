package io.holdfast.backup.tool;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A program with its arguments: a vector, never a shell's line. Everything here may be seen by other users of the host
 * (arguments) or by root (environment), so neither holds a secret.
 *
 * @param purpose what it is run for, such as {@code of database "orders"}, for messages; may be empty
 * @param environment the variables it gets besides {@code PATH}; nothing of ours is inherited, since that holds secrets
 */
public record ToolCommand(Path program, String purpose, List<String> arguments, Map<String, String> environment) {
    public ToolCommand {
        arguments = List.copyOf(arguments);
        environment = Map.copyOf(environment);
    }

    /** A program whose name says enough. */
    public ToolCommand(Path program, List<String> arguments, Map<String, String> environment) {
        this(program, "", arguments, environment);
    }

    /** The program's name and purpose, for messages. */
    public String name() {
        String name = String.valueOf(program.getFileName());
        return purpose.isEmpty() ? name : name + " " + purpose;
    }
}
