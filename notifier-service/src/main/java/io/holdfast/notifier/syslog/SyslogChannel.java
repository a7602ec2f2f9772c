package io.holdfast.notifier.syslog;

import io.holdfast.events.definition.NotificationsDefined;
import io.holdfast.events.definition.NotificationsDefined.Syslog;
import io.holdfast.notifier.NotifierConfig;
import io.holdfast.notifier.channel.Channel;
import io.holdfast.notifier.channel.ChannelSecrets;
import io.holdfast.notifier.channel.DeliveryException;
import io.holdfast.notifier.channel.OutgoingAddresses;
import io.holdfast.notifier.incident.Notice;
import io.holdfast.runtime.identity.Instance;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.OutputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Locale;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * Syslog over UDP, TCP or TLS, each message over a connection of its own, counted in octets. Syslog has no answers: what a
 * collector loses after it has taken it, and every datagram that gets lost, is lost without a word. So it suits records, and
 * not the only way of telling somebody.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc5425">RFC 5425, over TLS</a>
 * @see <a href="https://www.rfc-editor.org/rfc/rfc5426">RFC 5426, over UDP</a>
 * @see <a href="https://www.rfc-editor.org/rfc/rfc6587#section-3.4.1">RFC 6587, over TCP</a>
 */
@Singleton
class SyslogChannel implements Channel {

    private static final int LONGEST = 8192;
    private static final int LONGEST_DATAGRAM = 1180;
    private static final int USUAL_PORT = 514;
    private static final int TLS_PORT = 6514;

    private final OutgoingAddresses addresses;
    private final ChannelSecrets secrets;
    private final Instance instance;
    private final NotifierConfig config;

    SyslogChannel(OutgoingAddresses addresses, ChannelSecrets secrets, Instance instance, NotifierConfig config) {
        this.addresses = addresses;
        this.secrets = secrets;
        this.instance = instance;
        this.config = config;
    }

    @Override
    public String name() {
        return "syslog";
    }

    @Override
    public List<String> receivers(NotificationsDefined definition) {
        return all(definition).stream().map(Syslog::name).toList();
    }

    @Override
    public @Nullable String deliver(
            NotificationsDefined definition, Notice notice, String receiver, @Nullable String answered)
            throws DeliveryException {
        Syslog syslog =
                Channel.defined(all(definition), Syslog::name, receiver, "the collector", "notifications.syslog");
        String what = "syslog." + receiver;
        URI server = ChannelSecrets.address(what, syslog.server());
        String scheme = server.getScheme() == null ? "" : server.getScheme().toLowerCase(Locale.ROOT);
        if (server.getHost() == null) {
            throw misunderstood(what);
        }
        InetAddress address = addresses.resolve(server.getHost());
        int usual = scheme.equals("tls") ? TLS_PORT : USUAL_PORT;
        InetSocketAddress place = new InetSocketAddress(address, server.getPort() >= 0 ? server.getPort() : usual);
        try {
            switch (scheme) {
                case "udp" -> datagram(place, SyslogMessage.of(notice, instance.name(), LONGEST_DATAGRAM));
                case "tcp" -> {
                    try (Socket socket = connected(place)) {
                        send(socket, SyslogMessage.of(notice, instance.name(), LONGEST));
                    }
                }
                case "tls" -> {
                    try (Socket socket = connected(place);
                            SSLSocket encrypted = encrypted(socket, server.getHost(), what, syslog.ca())) {
                        send(encrypted, SyslogMessage.of(notice, instance.name(), LONGEST));
                    }
                }
                default -> throw misunderstood(what);
            }
        } catch (IOException e) {
            throw new DeliveryException(
                    what + " cannot be reached: " + e.getMessage() + ". HINT: check its address and the network.", e);
        }
        return null;
    }

    private static void datagram(InetSocketAddress place, byte[] message) throws IOException {
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.send(new DatagramPacket(message, message.length, place));
        }
    }

    private Socket connected(InetSocketAddress place) throws IOException {
        Socket socket = new Socket();
        try {
            socket.connect(place, (int) config.httpTimeout().toMillis());
            socket.setSoTimeout((int) config.httpTimeout().toMillis());
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    private SSLSocket encrypted(Socket socket, String host, String what, @Nullable String ca)
            throws IOException, DeliveryException {
        SSLSocketFactory factory;
        if (ca == null) {
            factory = (SSLSocketFactory) SSLSocketFactory.getDefault();
        } else {
            try {
                factory = TrustedCertificates.factory(
                        secrets.resolve("the certificates of " + what, ca).reveal());
            } catch (GeneralSecurityException e) {
                throw new DeliveryException(
                        "the certificates of " + what + " cannot be read. HINT: they are PEM, one after the other.", e);
            }
        }
        SSLSocket encrypted = (SSLSocket) factory.createSocket(socket, host, socket.getPort(), false);
        SSLParameters parameters = encrypted.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        encrypted.setSSLParameters(parameters);
        encrypted.startHandshake();
        return encrypted;
    }

    private static void send(Socket socket, byte[] message) throws IOException {
        OutputStream out = socket.getOutputStream();
        byte[] length = (message.length + " ").getBytes(StandardCharsets.US_ASCII);
        byte[] whole = new byte[length.length + message.length];
        System.arraycopy(length, 0, whole, 0, length.length);
        System.arraycopy(message, 0, whole, length.length, message.length);
        out.write(whole);
        out.flush();
    }

    private static DeliveryException misunderstood(String what) {
        return new DeliveryException("the address of " + what
                + " cannot be understood. HINT: it looks like udp://host:514, tcp://host:514 or tls://host:6514.");
    }

    private static List<Syslog> all(NotificationsDefined definition) {
        return definition.syslog() == null ? List.of() : definition.syslog();
    }
}
