package io.holdfast.cli.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.holdfast.cli.output.CommandFailure;
import io.holdfast.cli.output.ExitCode;
import io.holdfast.cli.output.Json;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The REST interface under {@code /api/backup}. Every failure is a {@link CommandFailure} that says what the control plane
 * said. Thread-safe.
 */
public final class ControlPlane {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final URI base;
    private final String token;
    private final HttpClient http;

    /**
     * @param url   where the control plane is: {@code http://127.0.0.1:8080}
     * @param token the bearer token
     */
    public ControlPlane(URI url, String token) {
        this.base = url;
        this.token = token;
        this.http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds(5))
                .build();
    }

    /** Asks for a backup. */
    public JsonNode createBackup(Map<String, ?> request) throws CommandFailure, InterruptedException {
        return post("create", request);
    }

    /** Asks for a restore. */
    public JsonNode createRestore(Map<String, ?> request) throws CommandFailure, InterruptedException {
        return post("restore", request);
    }

    /** Tells of backups that were found in a repository. */
    public JsonNode noteFound(Map<String, ?> found) throws CommandFailure, InterruptedException {
        return post("catalog/found", found);
    }

    public JsonNode cancelBackup(String backupId, Map<String, ?> request) throws CommandFailure, InterruptedException {
        return post(segment(backupId) + "/cancel", request);
    }

    /** Asks that a backup be read back now. */
    public JsonNode verify(String backupId, Map<String, ?> request) throws CommandFailure, InterruptedException {
        return post("verify/" + segment(backupId), request);
    }

    public JsonNode cancelRestore(String restoreId, Map<String, ?> request)
            throws CommandFailure, InterruptedException {
        return post("restore/" + segment(restoreId) + "/cancel", request);
    }

    /** The backups, newest first. */
    public JsonNode list(Map<String, String> query) throws CommandFailure, InterruptedException {
        return get(withQuery("list", query));
    }

    /** The restores, newest first. */
    public JsonNode restores(Map<String, String> query) throws CommandFailure, InterruptedException {
        return get(withQuery("restore", query));
    }

    private static String withQuery(String resource, Map<String, String> query) {
        StringBuilder path = new StringBuilder(resource);
        char separator = '?';
        for (Map.Entry<String, String> parameter : query.entrySet()) {
            path.append(separator)
                    .append(parameter.getKey())
                    .append('=')
                    .append(URLEncoder.encode(parameter.getValue(), StandardCharsets.UTF_8));
            separator = '&';
        }
        return path.toString();
    }

    public JsonNode backup(String backupId) throws CommandFailure, InterruptedException {
        return get(segment(backupId));
    }

    public JsonNode restore(String restoreId) throws CommandFailure, InterruptedException {
        return get("restore/" + segment(restoreId));
    }

    /** To which moments targets can be brought back. */
    public JsonNode windows(Map<String, String> query) throws CommandFailure, InterruptedException {
        return get(withQuery("window", query));
    }

    /** The standbys that follow repositories. */
    public JsonNode standbys(Map<String, String> query) throws CommandFailure, InterruptedException {
        return get(withQuery("standby", query));
    }

    /** Asks for a drill. */
    public JsonNode createDrill(Map<String, ?> request) throws CommandFailure, InterruptedException {
        return post("test/restore", request);
    }

    /** One drill. */
    public JsonNode drill(String drillId) throws CommandFailure, InterruptedException {
        return get("test/restore/" + segment(drillId));
    }

    /** What stays, what goes, and why, as the newest look found it. */
    public JsonNode retention(Map<String, String> query) throws CommandFailure, InterruptedException {
        return get(withQuery("retention", query));
    }

    /** Asks for runs of the retention role. */
    public JsonNode runRetention(Map<String, ?> request) throws CommandFailure, InterruptedException {
        return post("retention/run", request);
    }

    /** One run of the retention role. */
    public JsonNode retentionRun(String runId) throws CommandFailure, InterruptedException {
        return get("retention/run/" + segment(runId));
    }

    /** What is held. */
    public JsonNode holds(Map<String, String> query) throws CommandFailure, InterruptedException {
        return get(withQuery("hold", query));
    }

    /** Asks that a backup is held, or that a hold is released. */
    public JsonNode hold(Map<String, ?> request, boolean release) throws CommandFailure, InterruptedException {
        return post(release ? "hold/release" : "hold", request);
    }

    /** One hold. */
    public JsonNode heldBackup(String backupId, String name) throws CommandFailure, InterruptedException {
        return get("hold/" + segment(backupId) + "/" + segment(name));
    }

    /** Asks that everybody be told that this is a test. */
    public JsonNode testAlerts(Map<String, ?> request) throws CommandFailure, InterruptedException {
        return post("alerts/test", request);
    }

    /** Says that somebody looks after an alert. */
    public JsonNode acknowledge(Map<String, ?> request) throws CommandFailure, InterruptedException {
        return post("alerts/acknowledge", request);
    }

    public JsonNode health() throws CommandFailure, InterruptedException {
        return get("health");
    }

    /** Opens the stream of events; the caller closes it. It ends when the control plane does. */
    public InputStream events() throws CommandFailure, InterruptedException {
        HttpRequest request =
                request("events").header("Accept", "text/event-stream").build();
        try {
            HttpResponse<InputStream> answer = http.send(request, HttpResponse.BodyHandlers.ofInputStream());
            if (answer.statusCode() != 200) {
                try (InputStream body = answer.body()) {
                    throw refusal(answer.statusCode(), parsed(new String(body.readAllBytes(), StandardCharsets.UTF_8)));
                }
            }
            return answer.body();
        } catch (IOException e) {
            throw unreachable(e);
        }
    }

    private JsonNode get(String path) throws CommandFailure, InterruptedException {
        return send(request(path).timeout(PATIENCE).GET().build());
    }

    private JsonNode post(String path, Map<String, ?> body) throws CommandFailure, InterruptedException {
        return send(request(path)
                .timeout(PATIENCE)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(Json.line(body)))
                .build());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(base.resolve("/api/backup/" + path)).header("Authorization", "Bearer " + token);
    }

    private JsonNode send(HttpRequest request) throws CommandFailure, InterruptedException {
        try {
            HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
            JsonNode body = parsed(answer.body());
            // A health answer says in its body what is wrong; its status code says only that something is.
            boolean health = request.uri().getPath().endsWith("/health") && body.isObject();
            if (answer.statusCode() / 100 != 2 && !(health && answer.statusCode() == 503)) {
                throw refusal(answer.statusCode(), body);
            }
            return body;
        } catch (IOException e) {
            throw unreachable(e);
        }
    }

    private static JsonNode parsed(@Nullable String body) {
        try {
            return body == null || body.isBlank() ? MissingNode.getInstance() : Json.MAPPER.readTree(body);
        } catch (JsonProcessingException e) {
            // Not from Holdfast, perhaps a proxy's page; the status code has to do.
            return MissingNode.getInstance();
        }
    }

    /** Problem details (RFC 9457) with a {@code hint}. */
    private CommandFailure refusal(int status, JsonNode problem) {
        String title = Json.text(problem, "title");
        String detail = Json.text(problem, "detail");
        String what = detail.isEmpty() ? title : detail;
        String hint = Json.text(problem, "hint");
        if (hint.isEmpty()) {
            hint = status == 401
                    ? "give the right --token or HOLDFAST_TOKEN; the local instance's is in its connection.json"
                    : "see the log of the scheduler-service";
        }
        return new CommandFailure(
                status >= 500 ? ExitCode.UNREACHABLE : ExitCode.REQUEST_REFUSED,
                base + " answers " + status + (what.isEmpty() ? "" : ": " + what),
                hint);
    }

    private CommandFailure unreachable(IOException cause) {
        String why = cause.getMessage();
        return new CommandFailure(
                ExitCode.UNREACHABLE,
                "nothing answers at " + base + (why == null ? "" : " (" + why + ")"),
                "start it with holdfast up, or name another place with --url or HOLDFAST_URL",
                cause);
    }

    private static String segment(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
