package io.holdfast.notifier.channel;

import io.holdfast.notifier.NotifierConfig;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.net.InetAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Posts messages over HTTP: to the address that {@link OutgoingAddresses} looked at, under the name that the certificate
 * has to have; no redirect is followed, every wait is limited. Thread safe; blocks.
 */
@Singleton
public class HttpSender {

    private static final int LONGEST_ANSWER = 64 * 1024;
    private static final int SHOWN = 200;
    private static final Duration LONGEST_PAUSE = Duration.ofHours(1);

    private final HttpClient client;
    private final OutgoingAddresses addresses;
    private final Duration timeout;

    @Inject
    HttpSender(Vertx vertx, OutgoingAddresses addresses, NotifierConfig config) {
        this(addresses, config.httpTimeout(), vertx.createHttpClient(options(config.httpTimeout())));
    }

    HttpSender(OutgoingAddresses addresses, Duration timeout, HttpClient client) {
        this.addresses = addresses;
        this.timeout = timeout;
        this.client = client;
    }

    /** Each message over a connection of its own: its address was looked at now. */
    static HttpClientOptions options(Duration timeout) {
        return new HttpClientOptions().setKeepAlive(false).setConnectTimeout((int) timeout.toMillis());
    }

    /**
     * What came back.
     *
     * @param body its beginning, at most 64 KiB
     */
    public record Answer(int status, String body) {}

    /**
     * Posts.
     *
     * @param what for messages: {@code the webhook hook}
     * @return the answer, whose status is one of success
     * @throws DeliveryException when nobody answers in time, or not with success
     */
    public Answer post(String what, URI url, Map<String, String> headers, byte[] body) throws DeliveryException {
        String scheme = url.getScheme() == null ? "" : url.getScheme().toLowerCase(Locale.ROOT);
        if (url.getHost() == null || url.getUserInfo() != null || !(scheme.equals("https") || scheme.equals("http"))) {
            throw new DeliveryException(
                    "the address of " + what + " cannot be understood. HINT: it looks like https://host/path.");
        }
        boolean encrypted = scheme.equals("https");
        int port = url.getPort() >= 0 ? url.getPort() : encrypted ? 443 : 80;
        InetAddress address = addresses.resolve(url.getHost());
        String path = url.getRawPath() == null || url.getRawPath().isEmpty() ? "/" : url.getRawPath();
        RequestOptions options = new RequestOptions()
                .setMethod(HttpMethod.POST)
                .setServer(SocketAddress.inetSocketAddress(port, address.getHostAddress()))
                .setHost(url.getHost())
                .setPort(port)
                .setSsl(encrypted)
                .setURI(url.getRawQuery() == null ? path : path + "?" + url.getRawQuery())
                .setTimeout(timeout.toMillis());
        headers.forEach(options::putHeader);
        Future<Received> future = client.request(options)
                .compose(request -> request.send(Buffer.buffer(body)).compose(HttpSender::read));
        return checked(what, await(what, future));
    }

    private record Received(int status, @Nullable String retryAfter, String body) {}

    private static Future<Received> read(HttpClientResponse response) {
        Promise<Received> promise = Promise.promise();
        Buffer body = Buffer.buffer();
        response.exceptionHandler(promise::tryFail);
        response.handler(part -> {
            int room = LONGEST_ANSWER - body.length();
            body.appendBuffer(part, 0, Math.max(0, Math.min(room, part.length())));
            if (part.length() > room) {
                promise.tryComplete(received(response, body));
                response.request().reset();
            }
        });
        response.endHandler(end -> promise.tryComplete(received(response, body)));
        return promise.future();
    }

    private static Received received(HttpClientResponse response, Buffer body) {
        return new Received(
                response.statusCode(), response.getHeader("Retry-After"), body.toString(StandardCharsets.UTF_8));
    }

    private Received await(String what, Future<Received> future) throws DeliveryException {
        try {
            return future.toCompletionStage()
                    .toCompletableFuture()
                    .get(timeout.multipliedBy(3).toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new DeliveryException(
                    what + " cannot be reached: " + reason(e.getCause() == null ? e : e.getCause())
                            + ". HINT: check its address and the network.",
                    e);
        } catch (TimeoutException e) {
            throw new DeliveryException(
                    what + " did not answer within " + timeout.multipliedBy(3).toSeconds()
                            + " s. HINT: check its address and the network.",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DeliveryException(what + " was not waited for: the service ends. HINT: it is told later.", e);
        }
    }

    private static Answer checked(String what, Received received) throws DeliveryException {
        if (received.status() / 100 == 2) {
            return new Answer(received.status(), received.body());
        }
        String message = what + " answered " + received.status()
                + (received.body().isBlank() ? "" : ": " + line(received.body()));
        throw new DeliveryException(
                message + ". HINT: " + hint(received.status()),
                retryAfter(received.retryAfter()).orElse(null));
    }

    private static String hint(int status) {
        return switch (status) {
            case 401, 403 -> "check its key or token.";
            case 404, 410 -> "check its address.";
            case 429 -> "it wants to be left alone for a while; it is told later.";
            default -> status >= 500 ? "it is told later by itself." : "check what is defined for it.";
        };
    }

    /** Seconds; a date is not waited for, the usual pause is taken then. */
    private static Optional<Duration> retryAfter(@Nullable String header) {
        if (header == null || !header.strip().matches("[0-9]{1,9}")) {
            return Optional.empty();
        }
        Duration asked = Duration.ofSeconds(Long.parseLong(header.strip()));
        return Optional.of(asked.compareTo(LONGEST_PAUSE) < 0 ? asked : LONGEST_PAUSE);
    }

    private static String reason(Throwable cause) {
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : line(cause.getMessage());
    }

    private static String line(String text) {
        String line = text.replaceAll("[\\p{Cntrl}\\p{Cf}]+", " ").strip();
        return line.length() <= SHOWN ? line : line.substring(0, SHOWN);
    }
}
