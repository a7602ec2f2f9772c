package io.holdfast.restore.physical;

import io.holdfast.repository.wal.Lsn;
import io.holdfast.restore.cluster.ForeignFiles;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a recovering server wrote into its log about how far it came; its messages are in English by configuration.
 *
 * @param lastRecord where the last record that was replayed begins
 * @param lastTransaction when the last transaction that was replayed was committed or rolled back
 * @param transaction the one that recovery stopped before or after
 * @param endedEarly whether there was no more WAL before the target was reached
 */
record RecoveryLog(
        Optional<Lsn> lastRecord, Optional<Instant> lastTransaction, Optional<Long> transaction, boolean endedEarly) {
    private static final Pattern REDO_DONE = Pattern.compile("LOG: +redo done at ([0-9A-F]+/[0-9A-F]+) ");
    private static final Pattern LAST = Pattern.compile("LOG: +last completed transaction was at log time (.+)$");
    private static final Pattern STOPPING =
            Pattern.compile("LOG: +recovery stopping (?:before|after) .*of (?:prepared )?transaction (\\d+), time");
    private static final String EARLY = "recovery ended before configured recovery target was reached";

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss[.SSSSSS][.SSSSS][.SSSS][.SSS][.SS][.S]x");

    /** How long a log is, so that what follows can be read by itself. */
    static long length(Path file) throws IOException {
        return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) ? Files.size(file) : 0;
    }

    /** Reads what was written behind {@code from} into a file of a data directory; the last word on each counts. */
    static RecoveryLog read(Path dataDirectory, Path file, long from) throws IOException {
        Lsn lastRecord = null;
        Instant lastTransaction = null;
        Long transaction = null;
        boolean early = false;
        try (InputStream in = ForeignFiles.from(dataDirectory, file, from)) {
            BufferedReader lines = new BufferedReader(new InputStreamReader(
                    in,
                    StandardCharsets.UTF_8
                            .newDecoder()
                            .onMalformedInput(CodingErrorAction.REPLACE)
                            .onUnmappableCharacter(CodingErrorAction.REPLACE)));
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                Matcher redo = REDO_DONE.matcher(line);
                Matcher last = LAST.matcher(line);
                Matcher stopping = STOPPING.matcher(line);
                if (redo.find()) {
                    lastRecord = Lsn.parse(redo.group(1));
                } else if (last.find()) {
                    lastTransaction = time(last.group(1));
                } else if (stopping.find()) {
                    transaction = Long.parseLong(stopping.group(1));
                } else if (line.contains(EARLY)) {
                    early = true;
                }
            }
        }
        return new RecoveryLog(
                Optional.ofNullable(lastRecord),
                Optional.ofNullable(lastTransaction),
                Optional.ofNullable(transaction),
                early);
    }

    private static @Nullable Instant time(String text) {
        try {
            return OffsetDateTime.parse(text.strip(), TIME).toInstant();
        } catch (DateTimeParseException e) {
            // Told for people; not known is no reason to fail a recovery that reached its target.
            return null;
        }
    }
}
