package io.holdfast.cli.command;

import io.holdfast.cli.output.CommandFailure;
import io.holdfast.cli.output.Console;
import io.holdfast.cli.output.ExitCode;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/** What a restore looks at, and asks, before it touches anything. */
final class CautionOptions {
    @Option(
            names = "--dry-run",
            description =
                    "change nothing: say what would be done, how much that is and how long it would take, what would"
                            + " be overwritten, and what would be refused")
    boolean dryRun;

    @Option(
            names = "--verify",
            description = "read all stored bytes that are needed before anything of DIR is touched; if one is wrong,"
                    + " everything stays as it was")
    boolean verify;

    @Option(
            names = "--delta",
            description =
                    "restore over the stopped cluster of the same identity in DIR: fetch only what differs, and remove"
                            + " files that the backup does not have. Asks for the target's name")
    boolean delta;

    @Option(
            names = "--safety-backup",
            description =
                    "with --delta or --force: keep what lies in DIR beside it, as DIR.before-ID, and put it back if the"
                            + " restore fails. Everything is fetched then, and needs as much room again")
    boolean safetyBackup;

    @Option(names = "--force", description = "the same as --delta, without asking")
    boolean force;

    /** Whether it goes over what is there. */
    boolean over() {
        return delta || force;
    }

    /** What is kept has to be in the way of something. */
    void requireSense() throws CommandFailure {
        if (safetyBackup && !over()) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    "--safety-backup keeps what a restore goes over, and this one goes over nothing",
                    "leave it out, or restore over what is there with --delta");
        }
    }

    /** Adds what the API has to know of this; the target's name apart. */
    void addTo(Map<String, Object> fields) {
        Fields.put(fields, "delta", over() ? true : null);
        Fields.put(fields, "safety_backup", safetyBackup ? true : null);
        Fields.put(fields, "dry_run", dryRun ? true : null);
        Fields.put(fields, "verify_first", verify ? true : null);
    }

    /**
     * Makes sure that somebody knows what is going to be overwritten: has the target's name typed, unless that is not
     * wanted, or nothing is overwritten.
     *
     * @param where the directory, for people
     */
    void confirm(Console console, String target, String where) throws CommandFailure {
        if (!over() || force || dryRun) {
            return;
        }
        String what = safetyBackup
                ? ", which is kept beside it."
                : ": what the backup does not have is removed, and nothing can undo it (--safety-backup keeps it).";
        Optional<String> typed = console.ask(
                "This restores over what lies in " + where + what + "\nType the name of the target to go on: ");
        if (typed.isEmpty()) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    "a restore over what is there has to be confirmed, and nobody is here to type the target's name",
                    "use --force in place of --delta once you are sure; --dry-run says what would be overwritten");
        }
        if (!typed.get().equals(target)) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    "that is not the name of the target; nothing was asked for",
                    "the backup is of " + target);
        }
    }
}
