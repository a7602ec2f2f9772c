package io.holdfast.restore.replay;

import io.holdfast.restore.cluster.RunAs;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A folder through which a standby is handed the log for as long as it is one. As {@link SpoolFolder}, but what is not there
 * now may be there soon, so that an answer is good for one question; and nobody may answer for a while, which a standby
 * takes like a primary that is away: it asks again.
 *
 * <pre>
 * get       the script that restore_command runs
 * ready/    whole files, and NAME.none where there is none now; the server takes both away
 * asked/    empty files: what the server wants
 * making/   files in the making, ours alone
 * </pre>
 */
final class StandbyFolder {
    private static final Pattern NAME = Pattern.compile("[0-9A-F]{24}|[0-9A-F]{8}\\.history");
    private static final String NONE = ".none";

    /** Waits five seconds for an answer, so that a server that is to be promoted or stopped is not held up. */
    private static final String SCRIPT = """
            # Hands one file of the write-ahead log to a standby: $1 its name, $2 where it goes.
            # Ends with 0 if it is there, and otherwise with 1: ask again.
            spool=SPOOL
            case "${1%.history}" in
              *[!0-9A-F]*) exit 1 ;;
            esac
            rm -f "$spool/ready/$1.none"
            looks=0
            while [ "$looks" -lt 250 ]; do
              if [ -e "$spool/ready/$1" ]; then
                mv -f "$spool/ready/$1" "$2" || exit 1
                exit 0
              fi
              if [ -e "$spool/ready/$1.none" ]; then
                rm -f "$spool/ready/$1.none"
                exit 1
              fi
              [ "$looks" -gt 0 ] || touch "$spool/asked/$1" || exit 1
              looks=$((looks + 1))
              sleep 0.02
            done
            exit 1
            """;

    private final Path top;
    private final RunAs runAs;

    private StandbyFolder(Path top, RunAs runAs) {
        this.top = top;
        this.runAs = runAs;
    }

    /**
     * Makes the folder, or takes it as an earlier worker left it, without what that had laid ready.
     *
     * @param top a path of our own; its parent is there, and the server's user cannot write to that
     */
    static StandbyFolder open(Path top, RunAs runAs) throws IOException {
        StandbyFolder folder = new StandbyFolder(top, runAs);
        directory(top, "rwx--x--x");
        directory(folder.making(), "rwx------");
        clear(folder.making());
        for (Path shared : List.of(folder.ready(), folder.asked())) {
            directory(shared, "rwx------");
            clear(shared);
            runAs.give(shared);
        }
        Path script = folder.making().resolve("get");
        Files.writeString(script, SCRIPT.replace("SPOOL", quoted(top.toString())));
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rw-r--r--"));
        Files.move(script, top.resolve("get"), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        return folder;
    }

    private static void directory(Path path, String mode) throws IOException {
        if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
            Files.createDirectory(
                    path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        }
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
    }

    private static void clear(Path directory) throws IOException {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            for (Path entry : entries) {
                Files.deleteIfExists(entry);
            }
        }
    }

    /** What the server runs, also while the folder is not there. A code above 125 would end the server. */
    static String restoreCommand(Path top) {
        return "/bin/sh " + quoted(top.resolve("get").toString()).replace("%", "%%") + " %f \"%p\" || exit 1";
    }

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
        handOver(making().resolve(name), name);
    }

    /** Says that there is no such file now, or no more of it. */
    void putNone(String name) throws IOException {
        Path file = making().resolve(name + NONE);
        Files.write(file, new byte[0]);
        handOver(file, name + NONE);
    }

    private void handOver(Path file, String name) throws IOException {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        runAs.give(file);
        Files.move(file, ready().resolve(name), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Takes back what was laid ready and nobody wants any more. */
    void takeBack(String name) throws IOException {
        Files.deleteIfExists(ready().resolve(name));
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
