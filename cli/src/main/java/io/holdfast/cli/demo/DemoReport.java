package io.holdfast.cli.demo;

import java.util.List;

/**
 * What the demo found; its JSON is what {@code --json} prints.
 *
 * @param ok       whether everything was proven
 * @param problems what was not
 */
public record DemoReport(
        boolean ok, Backup backup, Verification verification, Restore restore, Sample sample, List<String> problems) {

    /**
     * The backup.
     *
     * @param bytes       read from the database
     * @param storedBytes added to the repository
     */
    public record Backup(String id, long bytes, long storedBytes, double seconds) {}

    /** What the verifier showed. */
    public record Verification(String level, double seconds) {}

    /**
     * The restore.
     *
     * @param rowsExpected rows that were committed when the backup ended
     * @param rowsFound    rows in the restored database
     */
    public record Restore(double seconds, long rowsExpected, long rowsFound) {}

    /**
     * The sample database.
     *
     * @param rowsLoaded         rows before the writer began
     * @param ordersDuringBackup orders that were committed while the backup was made
     * @param ordersLost         orders committed after the backup's end, which are rightly gone
     */
    public record Sample(long bytes, long rowsLoaded, long ordersDuringBackup, long ordersLost) {}
}
