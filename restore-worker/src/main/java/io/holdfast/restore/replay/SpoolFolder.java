package io.holdfast.restore.replay;

import io.holdfast.restore.cluster.RunAs;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A folder through which a recovering server is handed files of the write-ahead log, so that its {@code restore_command} is
 * a few lines of shell without a JVM. Names are all that the two sides say to each other:
 *
 * <pre>
 * get       the script that restore_command runs
 * ready/    whole files; the server moves away what it takes
 * asked/    empty files: what the server wants and does not find in ready/
 * none/     empty files: what is known not to exist
 * stop      recovery must not go on
 * beat      a number that changes while we live
 * making/   files in the making, ours alone
 * </pre>
 *
 * The server's user can write to {@code ready} and {@code asked}, and to nothing else: what is given to him is made in
 * {@code making}, where he could not put a link in our way.
 *
 * @see <a href="https://www.postgresql.org/docs/current/runtime-config-wal.html#GUC-RESTORE-COMMAND">restore_command</a>
 */
final class SpoolFolder {
    /** What the script ends with where there is no such file. A code of its own: shells and programs use the small ones. */
    private static final int NO_SUCH_FILE = 77;

    private static final Pattern NAME = Pattern.compile("[0-9A-F]{24}|[0-9A-F]{8}\\.history");

    /** How often the script looks, and after how many looks without a sign of life of ours it gives up: some minutes. */
    private static final String SCRIPT = """
            # Hands one file of the write-ahead log to a server that recovers: $1 its name, $2 where it goes.
            # Ends with 0 if it is there, with NO_SUCH_FILE if there is no such file, and otherwise if recovery must not go on.
            # Asks again from time to time, since a question may cross the answer to the one before.
            spool=SPOOL
            last=
            still=0
            looks=0
            case "${1%.history}" in
              *[!0-9A-F]*) exit NO_SUCH_FILE ;;
            esac
            while :; do
              if [ -e "$spool/ready/$1" ]; then
                mv -f "$spool/ready/$1" "$2" || exit 251
                exit 0
              fi
              [ -e "$spool/none/$1" ] && exit NO_SUCH_FILE
              [ -e "$spool/stop" ] && exit 250
              if [ $((looks % 50)) -eq 0 ]; then
                touch "$spool/asked/$1" || exit 252
              fi
              looks=$((looks + 1))
              beat=
              read -r beat 2>/dev/null < "$spool/beat"
              if [ "$beat" = "$last" ]; then
                still=$((still + 1))
                [ "$still" -gt 9000 ] && exit 253
              else
                last=$beat
                still=0
              fi
              sleep 0.02
            done
            """;

    private final Path top;
    private final RunAs runAs;

    private SpoolFolder(Path top, RunAs runAs) {
        this.top = top;
        this.runAs = runAs;
    }

    /**
     * Makes the folder anew.
     *
     * @param top a path of our own; its parent is there, and the server's user cannot write to that
     */
    static SpoolFolder make(Path top, RunAs runAs) throws IOException {
        SpoolFolder folder = new SpoolFolder(top, runAs);
        folder.directory(top, "rwx--x--x");
        folder.directory(folder.making(), "rwx------");
        folder.directory(top.resolve("none"), "rwx--x--x");
        for (Path shared : List.of(folder.ready(), folder.asked())) {
            folder.directory(shared, "rwx------");
            runAs.give(shared);
        }
        folder.beat(0);
        Path script = folder.making().resolve("get");
        Files.writeString(
                script,
                SCRIPT.replace("NO_SUCH_FILE", Integer.toString(NO_SUCH_FILE)).replace("SPOOL", quoted(top.toString())),
                StandardOpenOption.CREATE_NEW);
        folder.publish(script, top.resolve("get"), "rw-r--r--");
        return folder;
    }

    private void directory(Path path, String mode) throws IOException {
        Files.createDirectory(path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
    }

    Path top() {
        return top;
    }

    /**
     * What the server runs. Only the script's own word for it makes the server believe that a file does not exist, since a
     * segment that does not exist is the end of the log to it; whatever else goes wrong is more than 125, which stops it.
     */
    String restoreCommand() {
        String script = quoted(top.resolve("get").toString()).replace("%", "%%");
        return "/bin/sh " + script + " %f \"%p\"; case $? in 0) exit 0;; " + NO_SUCH_FILE
                + ") exit 1;; *) exit 255;; esac";
    }

    /** Text as one word of a shell command. */
    private static String quoted(String text) {
        return "'" + text.replace("'", "'\\''") + "'";
    }

    /** What is asked for just now; each name is told once. Names that mean nothing are dropped. */
    List<String> takeAsked() throws IOException {
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(asked())) {
            for (Path entry : entries) {
                String name = entry.getFileName().toString();
                if (NAME.matcher(name).matches()) {
                    names.add(name);
                }
                Files.deleteIfExists(entry);
            }
        }
        return names;
    }

    boolean isReady(String name) {
        return Files.exists(ready().resolve(name), LinkOption.NOFOLLOW_LINKS);
    }

    /** Makes a file, ours until it is handed over; at the end of the stream it is known to be right. */
    Path make(String name, InputStream in) throws IOException {
        Path file = making().resolve(name);
        Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
        return file;
    }

    /** Hands a file over that was made. */
    void put(String name) throws IOException {
        Path file = making().resolve(name);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        runAs.give(file);
        Files.move(file, ready().resolve(name), StandardCopyOption.ATOMIC_MOVE);
    }

    /** Says that there is no such file. */
    void putNone(String name) throws IOException {
        Path file = making().resolve(name);
        Files.write(file, new byte[0]);
        publish(file, top.resolve("none").resolve(name), "r--r--r--");
    }

    /** Says that recovery must not go on. */
    void stop() throws IOException {
        Path file = making().resolve("stop");
        Files.write(file, new byte[0]);
        publish(file, top.resolve("stop"), "r--r--r--");
    }

    /** Says that we live. */
    void beat(long number) throws IOException {
        Path file = making().resolve("beat");
        Files.writeString(file, number + "\n", StandardCharsets.US_ASCII);
        publish(file, top.resolve("beat"), "r--r--r--");
    }

    private void publish(Path file, Path as, String mode) throws IOException {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
        Files.move(file, as, StandardCopyOption.ATOMIC_MOVE);
    }

    private Path making() {
        return top.resolve("making");
    }

    private Path ready() {
        return top.resolve("ready");
    }

    private Path asked() {
        return top.resolve("asked");
    }
}
