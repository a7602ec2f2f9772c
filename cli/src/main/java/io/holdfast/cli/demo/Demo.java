package io.holdfast.cli.demo;

import io.holdfast.cli.local.InstanceFolder;
import io.holdfast.cli.local.LocalMode;
import io.holdfast.cli.output.Amounts;
import io.holdfast.cli.output.CommandFailure;
import io.holdfast.cli.output.Console;
import io.holdfast.cli.output.ExitCode;
import io.holdfast.cli.output.Table;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;

/** Runs the demo, says what it found, and cleans up after it in every case. */
public final class Demo {
    private final Console console;
    private final Clock clock;
    private final SecureRandom random;

    public Demo(Console console, Clock clock, SecureRandom random) {
        this.console = console;
        this.clock = clock;
        this.random = random;
    }

    /**
     * Returns what to exit with.
     *
     * @param local makes the local mode for a folder
     * @param place the folder to work in, which is removed; empty: one below the temporary directory
     * @param size  of the sample database, in bytes
     * @param exit  whether to end when all is told, or to keep everything running until this process is asked to end
     */
    public int run(Function<InstanceFolder, LocalMode> local, Optional<Path> place, long size, boolean exit)
            throws IOException, SQLException, CommandFailure, InterruptedException {
        InstanceFolder folder = DemoGround.freshFolder(place);
        DemoGround ground = new DemoGround(folder, local.apply(folder));
        Runtime.getRuntime().addShutdownHook(new Thread(() -> close(ground), "end-of-demo"));
        try (ground) {
            DemoStory.Told told = new DemoStory(ground, console, clock, random).tell(size);
            console.result(told.report(), text(told));
            if (!told.report().ok()) {
                return ExitCode.NOT_PROVEN;
            }
            if (!exit) {
                console.note("Everything keeps running. Ctrl-C stops it and removes " + folder.root());
                new CountDownLatch(1).await();
            }
            return ExitCode.OK;
        }
    }

    private void close(DemoGround ground) {
        try {
            ground.close();
        } catch (IOException | CommandFailure e) {
            console.note("holdfast: the demo cannot be cleaned up: " + e.getMessage() + "\nHINT: holdfast down --data "
                    + ground.folder().root());
        }
    }

    private static String text(DemoStory.Told told) {
        DemoReport report = told.report();
        Table table = new Table("", "size", "time", "result");
        table.row(
                "sample",
                Amounts.bytes(report.sample().bytes()),
                "",
                report.sample().rowsLoaded() + " rows; " + report.sample().ordersDuringBackup()
                        + " orders came in during the backup");
        table.row(
                "backup",
                Amounts.bytes(report.backup().bytes()),
                Amounts.duration(report.backup().seconds()),
                Amounts.bytes(report.backup().storedBytes()) + " stored");
        table.row(
                "verification",
                "",
                Amounts.duration(report.verification().seconds()),
                report.verification().level());
        table.row(
                "restore",
                "",
                Amounts.duration(report.restore().seconds()),
                report.restore().rowsExpected() + " rows expected, "
                        + report.restore().rowsFound() + " found");
        StringBuilder text = new StringBuilder(table.toString());
        text.append("\n\n");
        if (report.ok()) {
            text.append("Proven: every row that was committed when the backup ended is back, unchanged; ")
                    .append(report.sample().ordersLost())
                    .append(" later orders are not.");
        } else {
            text.append("NOT proven:");
            report.problems().forEach(problem -> text.append("\n  ").append(problem));
        }
        return text.append("\n\n  API                ")
                .append(told.connection().url())
                .append("\n  Kafka              ")
                .append(told.connection().kafka())
                .append("\n  restored database  psql \"")
                .append(told.restoredAt())
                .append("\"  (password in ")
                .append(told.passwordFile())
                .append(")")
                .toString();
    }
}
