package io.holdfast.repository.store.remote;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** The way to a real server, over HTTP on a port of its own, on which things go wrong as told. One request a connection. */
public final class FaultyWay implements AutoCloseable {
    private final URI server;
    private final ServerSocket listening;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Queue<Rule> rules = new ConcurrentLinkedQueue<>();
    private final Queue<Request> requests = new ConcurrentLinkedQueue<>();

    public FaultyWay(URI server) throws IOException {
        this.server = server;
        this.listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        threads.submit(this::accept);
    }

    /** What was asked for: the first line and the headers. */
    public record Request(String head) {
        public boolean is(String method, String inPath) {
            return line().startsWith(method + " ") && line().contains(inPath);
        }

        public String line() {
            return head.substring(0, head.indexOf('\r'));
        }

        public String header(String name) {
            return head.lines()
                    .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(name.toLowerCase(Locale.ROOT) + ":"))
                    .map(line -> line.substring(line.indexOf(':') + 1).trim())
                    .findFirst()
                    .orElse("");
        }
    }

    /** What goes wrong. */
    public sealed interface Fault {
        /** The server is not asked; this is answered. */
        record Answer(int status, List<String> headers, String body) implements Fault {}

        /** The connection is cut before the request is through. */
        record CutRequest() implements Fault {}

        /** The server does as asked; its answer never arrives. */
        record LoseAnswer() implements Fault {}

        /** So many bytes of the answer's body arrive, then the connection is cut. */
        record CutAnswer(int after) implements Fault {}

        /** So many bytes of the answer's body arrive, then nothing, for as long as the client waits. */
        record FallSilent(int after) implements Fault {}

        /** One byte of the answer's body is another, and the answer has one more header. */
        record FlipAnswer(int position, String header) implements Fault {}

        /** Something happens first. */
        record Before(Runnable action) implements Fault {}
    }

    private static final class Rule {
        private final Predicate<Request> when;
        private final Supplier<Fault> fault;
        private int times;

        Rule(Predicate<Request> when, int times, Supplier<Fault> fault) {
            this.when = when;
            this.times = times;
            this.fault = fault;
        }

        synchronized boolean takes(Request request) {
            if (times > 0 && when.test(request)) {
                times--;
                return true;
            }
            return false;
        }
    }

    /** Makes the next so many requests of a kind go wrong. */
    public void on(Predicate<Request> when, int times, Fault fault) {
        on(when, times, () -> fault);
    }

    /** As above, each in a way of its own. */
    public void on(Predicate<Request> when, int times, Supplier<Fault> faults) {
        rules.add(new Rule(when, times, faults));
    }

    public URI endpoint() {
        return URI.create("http://127.0.0.1:" + listening.getLocalPort());
    }

    public List<Request> requests() {
        return List.copyOf(requests);
    }

    private void accept() {
        while (!listening.isClosed()) {
            try {
                Socket client = listening.accept();
                threads.submit(() -> serve(client));
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    private void serve(Socket socket) {
        try (Socket client = socket) {
            Request request = new Request(head(client.getInputStream()));
            requests.add(request);
            Fault fault = rules.stream()
                    .filter(rule -> rule.takes(request))
                    .map(rule -> rule.fault.get())
                    .findFirst()
                    .orElse(new Fault.Before(() -> {}));
            go(client, request, fault);
        } catch (IOException e) {
            // The client went away; it knows best why.
            assert !socket.isBound() || e.getMessage() != null;
        }
    }

    private void go(Socket client, Request request, Fault fault) throws IOException {
        if (fault instanceof Fault.CutRequest) {
            client.getInputStream().readNBytes(request.header("Content-Length").isEmpty() ? 0 : 10);
            client.setSoLinger(true, 0); // a reset, not an orderly end
            return;
        }
        if (request.header("Expect").equals("100-continue")) {
            client.getOutputStream().write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        }
        String length = request.header("Content-Length");
        byte[] body = client.getInputStream().readNBytes(length.isEmpty() ? 0 : Integer.parseInt(length));
        if (fault instanceof Fault.Before(Runnable action)) {
            action.run();
        }
        byte[] answer = fault instanceof Fault.Answer(int status, List<String> headers, String text)
                ? canned(status, headers, text)
                : ask(request, body);
        deliver(client, fault, answer);
    }

    private static void deliver(Socket client, Fault fault, byte[] answer) throws IOException {
        int body = new String(answer, StandardCharsets.ISO_8859_1).indexOf("\r\n\r\n") + 4;
        OutputStream out = client.getOutputStream();
        switch (fault) {
            case Fault.LoseAnswer lost -> client.setSoLinger(true, 0);
            case Fault.CutAnswer(int after) -> out.write(answer, 0, Math.min(answer.length, body + after));
            case Fault.FallSilent(int after) -> {
                out.write(answer, 0, Math.min(answer.length, body + after));
                out.flush();
                client.getInputStream().read(); // until the client gives up
            }
            case Fault.FlipAnswer(int position, String header) -> {
                byte[] flipped = answer.clone();
                flipped[Math.min(flipped.length - 1, body + position)] ^= 1;
                out.write(flipped, 0, body - 2);
                out.write((header + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
                out.write(flipped, body, flipped.length - body);
            }
            case Fault.Answer canned -> out.write(answer);
            case Fault.Before done -> out.write(answer);
            case Fault.CutRequest cut -> throw new IllegalStateException("cut before");
        }
        out.flush();
    }

    private byte[] ask(Request request, byte[] body) throws IOException {
        String head = request.head()
                .lines()
                .filter(line -> !line.toLowerCase(Locale.ROOT).matches("(connection|expect):.*|"))
                .reduce("", (all, line) -> all + line + "\r\n");
        try (Socket there = new Socket(server.getHost(), server.getPort())) {
            OutputStream out = there.getOutputStream();
            out.write((head + "Connection: close\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
            out.write(body);
            out.flush();
            return there.getInputStream().readAllBytes();
        }
    }

    private static byte[] canned(int status, List<String> headers, String body) {
        StringBuilder head = new StringBuilder("HTTP/1.1 " + status + " told\r\nConnection: close\r\nContent-Length: "
                + body.length() + "\r\nContent-Type: application/xml\r\n");
        headers.forEach(header -> head.append(header).append("\r\n"));
        return (head + "\r\n" + body).getBytes(StandardCharsets.ISO_8859_1);
    }

    private static String head(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        byte[] end = {'\r', '\n', '\r', '\n'};
        while (true) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("no request");
            }
            head.write(next);
            byte[] sofar = next == '\n' ? head.toByteArray() : new byte[0];
            if (sofar.length >= 4 && Arrays.equals(Arrays.copyOfRange(sofar, sofar.length - 4, sofar.length), end)) {
                return head.toString(StandardCharsets.ISO_8859_1);
            }
        }
    }

    @Override
    public void close() throws IOException {
        listening.close();
        threads.shutdownNow();
        try {
            if (!threads.awaitTermination(10, TimeUnit.SECONDS)) {
                throw new IOException("connections are still open");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
