package io.holdfast.cli.e2e;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What the tests of the whole chain look at from outside. */
final class Chain {
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private Chain() {}

    /** Lets other users enter, for PostgreSQL may run as one of them. */
    static Path open(Path folder) throws IOException {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        return folder;
    }

    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** The status code of an address; 0 where nobody answers. */
    static int status(String url) throws InterruptedException {
        try {
            return HTTP.send(
                            HttpRequest.newBuilder(URI.create(url))
                                    .timeout(Duration.ofSeconds(5))
                                    .build(),
                            HttpResponse.BodyHandlers.discarding())
                    .statusCode();
        } catch (IOException e) {
            return 0;
        }
    }

    /** Sends a signal, such as STOP, that Java has no word for. */
    static void signal(ProcessHandle process, String signal) throws IOException, InterruptedException {
        new ProcessBuilder("sh", "-c", "kill -" + signal + " " + process.pid())
                .start()
                .waitFor();
    }

    /** The command lines of all processes that name a folder in their arguments or run programs out of it. */
    static List<String> processesMentioning(Path folder) throws IOException {
        List<String> found = new ArrayList<>();
        for (String process : processes()) {
            if (process.contains(folder.toString())) {
                found.add(process);
            }
        }
        return found;
    }

    /** Number, program and arguments of every process that we may look at. */
    static List<String> processes() throws IOException {
        List<String> found = new ArrayList<>();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path process : processes) {
                try {
                    String arguments = Files.readString(process.resolve("cmdline"), StandardCharsets.ISO_8859_1)
                            .replace('\0', ' ');
                    String program = Files.isReadable(process.resolve("exe"))
                            ? Files.readSymbolicLink(process.resolve("exe")).toString()
                            : "";
                    found.add(process.getFileName() + " " + program + " " + arguments);
                } catch (IOException e) {
                    // It ended meanwhile.
                }
            }
        }
        return found;
    }
}
