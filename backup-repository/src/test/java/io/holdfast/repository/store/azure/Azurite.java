package io.holdfast.repository.store.azure;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.azure.storage.blob.BlobContainerClient;
import com.azure.storage.blob.BlobServiceClientBuilder;
import com.azure.storage.common.StorageSharedKeyCredential;
import io.holdfast.repository.store.StoreAccess;
import io.holdfast.repository.store.StoreCredentials;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Azurite, Microsoft's own server for tests, as a process on a free port with all in memory. Its program {@code
 * azurite-blob} is named by {@code HOLDFAST_TEST_AZURITE} or lies on the path; where it does not, the test is skipped.
 */
final class Azurite implements AutoCloseable {
    /** Known to everybody: https://learn.microsoft.com/azure/storage/common/storage-connect-azurite. */
    private static final StoreCredentials WELL_KNOWN = new StoreCredentials(
            "devstoreaccount1",
            "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==");

    static final StoreAccess ACCESS = new StoreAccess(Optional.of(WELL_KNOWN), Optional.empty());
    static final String CONTAINER = "backups";

    private static final Pattern LISTENING = Pattern.compile("listens on (http://127\\.0\\.0\\.1:\\d+)");

    private final Process process;
    private final URI endpoint;

    private Azurite(Process process, URI endpoint) {
        this.process = process;
        this.endpoint = endpoint;
    }

    /** Skips the test where there is no such program. */
    static void requireProgram() {
        assumeTrue(
                program().isPresent(),
                "SKIPPED: no azurite-blob. HINT: npm install azurite@3.37.0, then HOLDFAST_TEST_AZURITE="
                        + "node_modules/.bin/azurite-blob");
    }

    /** Empty where there is no such program. */
    static Optional<Azurite> start() throws IOException {
        Optional<Path> program = program();
        if (program.isEmpty()) {
            return Optional.empty();
        }
        Process process = new ProcessBuilder(
                        program.get().toString(),
                        "--blobHost",
                        "127.0.0.1",
                        "--blobPort",
                        "0",
                        "--inMemoryPersistence",
                        "--skipApiVersionCheck",
                        "--disableTelemetry")
                .redirectErrorStream(true)
                .start();
        try {
            String address = CompletableFuture.supplyAsync(() -> listening(process))
                    .orTimeout(60, TimeUnit.SECONDS)
                    .join();
            Azurite started = new Azurite(process, URI.create(address + "/devstoreaccount1"));
            started.container().create();
            return Optional.of(started);
        } catch (RuntimeException e) {
            process.destroyForcibly();
            throw e;
        }
    }

    private static Optional<Path> program() {
        String named = System.getenv("HOLDFAST_TEST_AZURITE");
        if (named != null) {
            return Optional.of(Path.of(named));
        }
        return Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                .map(directory -> Path.of(directory, "azurite-blob"))
                .filter(Files::isExecutable)
                .findFirst();
    }

    private static String listening(Process process) {
        BufferedReader said = process.inputReader(StandardCharsets.UTF_8);
        Iterator<String> lines = said.lines().iterator();
        StringBuilder all = new StringBuilder();
        while (lines.hasNext()) {
            String line = lines.next();
            all.append(line).append('\n');
            Matcher found = LISTENING.matcher(line);
            if (found.find()) {
                // What it says from now on about each request has to go somewhere.
                Thread.ofVirtual().start(() -> lines.forEachRemaining(rest -> {}));
                return found.group(1);
            }
        }
        throw new IllegalStateException("Azurite did not start: " + all);
    }

    /** Somebody else with the same rights. */
    BlobContainerClient container() {
        return new BlobServiceClientBuilder()
                .endpoint(endpoint.toString())
                .credential(new StorageSharedKeyCredential(WELL_KNOWN.accessKey(), WELL_KNOWN.secretKey()))
                .httpClient(new com.azure.core.http.jdk.httpclient.JdkHttpClientBuilder().build())
                .buildClient()
                .getBlobContainerClient(CONTAINER);
    }

    URI endpoint() {
        return endpoint;
    }

    static AzureLocation location(URI endpoint, String prefix, String parameters) throws Exception {
        return AzureLocation.parse(
                URI.create("azblob://" + CONTAINER + "/" + prefix + "?endpoint=" + endpoint + "&" + parameters));
    }

    @Override
    public void close() throws IOException {
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            process.destroyForcibly();
        }
    }
}
