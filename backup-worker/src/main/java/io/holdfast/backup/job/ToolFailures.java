package io.holdfast.backup.job;

import io.holdfast.backup.tool.ToolException;
import io.holdfast.events.Failure;
import io.holdfast.events.FailureCategory;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What a failure of pg_dump or pg_dumpall means. Their exit code says only that something failed, so their last words are
 * looked at: those of the programs and of libpq are in English, those of the server perhaps not, which then is a failure
 * of the program like any other.
 */
final class ToolFailures {
    private static final List<Sign> SIGNS = List.of(
            sign(
                    "channel binding (?:is )?required",
                    FailureCategory.AUTHENTICATION,
                    "Client programs before 16 can keep the password from a server that asks for it in clear text only"
                            + " by channel binding: let the server use TLS and scram-sha-256, or install newer client"
                            + " programs; or say allow_cleartext: true where nobody can listen."),
            sign(
                    "server version mismatch",
                    FailureCategory.TOOL_VERSION,
                    "Install client programs of at least the server's version and name them in"
                            + " HOLDFAST_POSTGRES_INSTALLATIONS."),
            sign(
                    "no matching (?:schemas|tables) were found|too many dotted names|cross-database references",
                    FailureCategory.CONFIGURATION,
                    "Correct schemas and tables in the target's logical section: letters are lower case unless they stand"
                            + " between double quotes. They have to match in every database that is dumped; name others in"
                            + " a target of their own."),
            sign(
                    "LOCK TABLE|lock timeout",
                    FailureCategory.TIMEOUT,
                    "Somebody holds an exclusive lock on a table (ALTER TABLE, VACUUM FULL, TRUNCATE); look into"
                            + " pg_locks, or allow a longer wait with holdfast.backup.lock-wait.",
                    "timeout"),
            sign(
                    "server closed the connection|terminating connection|connection to server was lost|could not"
                            + " receive data from server|no connection to the server|the database system is"
                            + " (?:shutting down|starting up|in recovery mode)|SSL SYSCALL error",
                    FailureCategory.SERVER_INTERRUPTED,
                    "See the server's log for a stop or a crash at this time, and check the network; then try again."),
            sign(
                    "password authentication failed|no password supplied|authentication method requirement",
                    FailureCategory.AUTHENTICATION,
                    "Check user name and password of the target, and that pg_hba.conf asks for scram-sha-256."),
            sign(
                    "permission denied|must be superuser|row-level security",
                    FailureCategory.PERMISSION,
                    "The target's role must be able to read everything: GRANT pg_read_all_data TO it; tables with"
                            + " row-level security also need BYPASSRLS."),
            sign(
                    "certificate|SSL error",
                    FailureCategory.TLS,
                    "Check ssl_mode and the certificates of the target and of the server."),
            sign(
                    "could not translate host name|Connection refused|No route to host|timeout expired",
                    FailureCategory.CONNECTION,
                    "Check that the server runs, and the network between."));

    private ToolFailures() {}

    /** A sign, found where both patterns are. */
    private record Sign(Pattern words, Pattern alsoWords, FailureCategory category, String hint) {
        boolean isIn(String text) {
            return words.matcher(text).find() && alsoWords.matcher(text).find();
        }
    }

    private static Sign sign(String words, FailureCategory category, String hint) {
        return sign(words, category, hint, "");
    }

    private static Sign sign(String words, FailureCategory category, String hint, String alsoWords) {
        return new Sign(Pattern.compile(words), Pattern.compile(alsoWords), category, hint);
    }

    static Failure of(ToolException tool) {
        return switch (tool) {
            case ToolException.Unsuitable unsuitable ->
                Failures.failure(
                        FailureCategory.TOOL_VERSION,
                        unsuitable.what(),
                        "Install PostgreSQL's client programs of version " + unsuitable.wantedMajor()
                                + " or newer on this worker, and name their folder in HOLDFAST_POSTGRES_INSTALLATIONS.");
            case ToolException.Failed failed -> ofLastWords(String.valueOf(failed.getMessage()), failed.lastLines());
            case ToolException.Stuck stuck ->
                Failures.failure(
                        FailureCategory.TIMEOUT,
                        stuck.what(),
                        "Look for locks and load on the server; allow more with holdfast.backup.silence-limit or"
                                + " holdfast.backup.time-limit.");
            case ToolException.BadOutput bad ->
                Failures.failure(
                        FailureCategory.TOOL_FAILED,
                        bad.what(),
                        "Check the installation of the client programs on this worker.");
        };
    }

    static Failure ofLastWords(String message, String lastWords) {
        return SIGNS.stream()
                .filter(sign -> sign.isIn(lastWords))
                .findFirst()
                .map(sign -> Failures.failure(sign.category(), message, sign.hint()))
                .orElseGet(() -> Failures.failure(
                        FailureCategory.TOOL_FAILED, message, "The message names what the program could not do."));
    }
}
