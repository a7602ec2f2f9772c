package io.holdfast.backup.replication;

import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * Asks a server for TLS and lays it over the connection.
 *
 * @see <a href="https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-SSL">SSL session encryption</a>
 */
final class TlsHandshake {
    private static final int SSL_REQUEST = 80877103;

    private TlsHandshake() {}

    /**
     * Encrypts a fresh connection as the settings ask.
     *
     * @return the encrypted socket, or null where the connection stays as it is
     * @throws ReplicationException of cause TLS where the server has none, or is not whom we were to trust
     */
    static @Nullable SSLSocket over(Socket socket, ConnectionSettings settings) throws IOException {
        TlsSettings tls = settings.tls();
        if (tls.mode() == TlsMode.DISABLE) {
            return null;
        }
        new FrameWriter(socket.getOutputStream())
                .sendUntyped(ByteBuffer.allocate(4).putInt(SSL_REQUEST).array());
        // Exactly one byte, unbuffered: whatever follows in the clear must not be taken for the server's
        // (CVE-2021-23222).
        int answer = socket.getInputStream().read();
        return switch (answer) {
            case 'S' -> encrypt(socket, settings);
            case 'N' -> {
                if (tls.mode() == TlsMode.PREFER) {
                    yield null;
                }
                throw ReplicationException.of(
                        FailureCause.TLS,
                        "The server at " + settings.address() + " offers no TLS, but sslmode is " + tls.mode() + ".",
                        "Switch it on there (ssl = on), or choose another sslmode.");
            }
            case -1 -> throw new EOFException("the server closed the connection");
            default -> throw ReplicationException.protocol("an unknown answer to the request for TLS");
        };
    }

    private static SSLSocket encrypt(Socket socket, ConnectionSettings settings) throws IOException {
        SSLContext context = context(settings.tls());
        SSLSocket encrypted =
                (SSLSocket) context.getSocketFactory().createSocket(socket, settings.host(), settings.port(), true);
        SSLParameters parameters = encrypted.getSSLParameters();
        parameters.setProtocols(new String[] {"TLSv1.3", "TLSv1.2"});
        if (settings.tls().mode() == TlsMode.VERIFY_FULL) {
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
        }
        encrypted.setSSLParameters(parameters);
        try {
            encrypted.startHandshake();
        } catch (SSLException e) {
            throw failed(settings, e);
        }
        return encrypted;
    }

    /** The failure to report when TLS does not come about. */
    static ReplicationException failed(ConnectionSettings settings, SSLException e) {
        return ReplicationException.of(
                FailureCause.TLS,
                "No TLS with " + settings.address() + " (sslmode "
                        + settings.tls().mode() + "): " + e.getMessage() + ".",
                "Check that the root certificate file holds the authority of the server's certificate, that the"
                        + " certificate names the host as it is configured, and that the server trusts our own, where"
                        + " it asks for one.",
                e);
    }

    private static SSLContext context(TlsSettings tls) throws IOException {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys(tls), trust(tls), new SecureRandom());
            return context;
        } catch (GeneralSecurityException e) {
            throw ReplicationException.of(
                    FailureCause.TLS,
                    "The certificates for TLS cannot be used: " + e.getMessage() + ".",
                    "Check that the client key belongs to the client certificate.",
                    e);
        }
    }

    private static KeyManager @Nullable [] keys(TlsSettings tls) throws GeneralSecurityException, IOException {
        Path certificate = tls.clientCertificate();
        Path key = tls.clientKey();
        if (certificate == null || key == null) {
            return null;
        }
        KeyStore store = emptyStore();
        store.setKeyEntry(
                "client",
                PemFiles.privateKey(key),
                new char[0],
                PemFiles.certificates(certificate).toArray(Certificate[]::new));
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, new char[0]);
        return factory.getKeyManagers();
    }

    private static TrustManager @Nullable [] trust(TlsSettings tls) throws GeneralSecurityException, IOException {
        if (!tls.verifies()) {
            return new TrustManager[] {new TrustAnybody()};
        }
        Path roots = tls.rootCertificates();
        if (roots == null) {
            return null;
        }
        KeyStore store = emptyStore();
        List<X509Certificate> authorities = PemFiles.certificates(roots);
        for (int i = 0; i < authorities.size(); i++) {
            store.setCertificateEntry("root" + i, authorities.get(i));
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory.getTrustManagers();
    }

    private static KeyStore emptyStore() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }
}
