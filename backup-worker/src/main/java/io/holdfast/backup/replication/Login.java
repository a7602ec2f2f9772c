package io.holdfast.backup.replication;

import com.ongres.scram.client.ScramClient;
import com.ongres.scram.common.StringPreparation;
import com.ongres.scram.common.exception.ScramException;
import com.ongres.scram.common.util.TlsServerEndpoint;
import io.holdfast.backup.replication.ConnectionSettings.WeakLogin;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * Answers the server's demands to prove who we are. SCRAM-SHA-256 is bound to the TLS channel where there is one and
 * the server offers it. MD5 and cleartext are refused unless allowed; cleartext also unless nobody but the right server
 * can hear it.
 *
 * @see <a href="https://www.postgresql.org/docs/current/sasl-authentication.html">SASL authentication</a>
 */
final class Login {
    private static final String BOUND = "SCRAM-SHA-256-PLUS";

    private final ConnectionSettings settings;
    private final FrameWriter out;
    private final @Nullable SSLSocket tls;
    private final boolean isPrivate;
    private @Nullable ScramClient scram;
    private boolean serverProved;

    /**
     * A login that is about to begin.
     *
     * @param isPrivate whether nobody but this host can hear it
     */
    Login(ConnectionSettings settings, FrameWriter out, @Nullable SSLSocket tls, boolean isPrivate) {
        this.settings = settings;
        this.out = out;
        this.tls = tls;
        this.isPrivate = isPrivate;
    }

    /**
     * Answers one authentication message.
     *
     * @return whether the server is content
     */
    boolean answer(ByteBuffer body) throws IOException {
        int demand = Fields.intValue(body);
        switch (demand) {
            case 0 -> {
                if (scram != null && !serverProved) {
                    throw unproved(null);
                }
                return true;
            }
            case 3 -> cleartext();
            case 5 -> md5(body);
            case 10 -> scramFirst(body);
            case 11 -> scramContinue(text(body));
            case 12 -> scramFinal(text(body));
            default ->
                throw refused(
                        "The server asks for a kind of authentication that is not supported (" + demand + ").",
                        "Use scram-sha-256 or cert in pg_hba.conf.");
        }
        return false;
    }

    private void cleartext() throws IOException {
        boolean safe = isPrivate || (tls != null && settings.tls().verifies());
        if (!settings.weakLogins().contains(WeakLogin.CLEARTEXT) || !safe) {
            throw refused(
                    "The server asks for the password in clear text.",
                    "Use scram-sha-256 in pg_hba.conf; clear text must be allowed for the target, and needs sslmode"
                            + " verify-ca or verify-full, or loopback.");
        }
        out.send('p', terminated(password().revealBytes()));
    }

    private void md5(ByteBuffer body) throws IOException {
        if (!settings.weakLogins().contains(WeakLogin.MD5)) {
            throw refused(
                    "The server asks for an MD5 password.",
                    "Use scram-sha-256 in pg_hba.conf and set the password again, or allow md5 for the target.");
        }
        byte[] inner = md5Hex(password().revealBytes(), settings.user().getBytes(StandardCharsets.UTF_8));
        byte[] salt = Fields.rest(body);
        out.send('p', FrameWriter.text("md5" + new String(md5Hex(inner, salt), StandardCharsets.US_ASCII)));
    }

    private static byte[] md5Hex(byte[] first, byte[] second) {
        try {
            MessageDigest md5 = MessageDigest.getInstance("MD5");
            md5.update(first);
            return HexFormat.of().formatHex(md5.digest(second)).getBytes(StandardCharsets.US_ASCII);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java runtime has MD5", e);
        }
    }

    private void scramFirst(ByteBuffer body) throws IOException {
        List<String> offered = new ArrayList<>();
        for (String name = Fields.text(body); !name.isEmpty(); name = Fields.text(body)) {
            offered.add(name);
        }
        byte[] binding = binding();
        if (binding.length == 0) {
            // Without a channel to bind to, naming the bound mechanism would be a lie. With one, the library tells the
            // server that we could have bound, so that nobody can strip the offer unseen.
            offered.remove(BOUND);
        }
        if (offered.stream().noneMatch(name -> name.startsWith("SCRAM-SHA-256"))) {
            throw refused(
                    "The server offers only " + offered + " to log in.", "Use scram-sha-256 or cert in pg_hba.conf.");
        }
        ScramClient.FinalBuildStage stage = ScramClient.builder()
                .advertisedMechanisms(offered)
                // PostgreSQL takes the name from the start of the session and ignores this one.
                .username("*")
                .password(password().reveal())
                .stringPreparation(StringPreparation.POSTGRESQL_PREPARATION);
        if (binding.length > 0) {
            stage.channelBinding(TlsServerEndpoint.TLS_SERVER_END_POINT, binding);
        }
        ScramClient client = stage.build();
        scram = client;
        byte[] first = client.clientFirstMessage().toString().getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        message.writeBytes(FrameWriter.text(client.getScramMechanism().getName()));
        message.writeBytes(ByteBuffer.allocate(4).putInt(first.length).array());
        message.writeBytes(first);
        out.send('p', message.toByteArray());
    }

    private byte[] binding() throws IOException {
        if (tls == null) {
            return new byte[0];
        }
        try {
            X509Certificate server = (X509Certificate) tls.getSession().getPeerCertificates()[0];
            return TlsServerEndpoint.getChannelBindingData(server);
        } catch (GeneralSecurityException e) {
            throw refused("The server's certificate cannot be bound to: " + e.getMessage(), "Renew the certificate.");
        }
    }

    private void scramContinue(String message) throws IOException {
        ScramClient client = started();
        try {
            client.serverFirstMessage(message);
            out.send('p', client.clientFinalMessage().toString().getBytes(StandardCharsets.UTF_8));
        } catch (ScramException | IllegalArgumentException | IllegalStateException e) {
            throw unproved(e);
        }
    }

    private void scramFinal(String message) throws ReplicationException {
        try {
            started().serverFinalMessage(message);
            serverProved = true;
        } catch (ScramException | IllegalArgumentException | IllegalStateException e) {
            throw unproved(e);
        }
    }

    private ScramClient started() throws ReplicationException {
        ScramClient client = scram;
        if (client == null) {
            throw ReplicationException.protocol("a step of a login that has not begun");
        }
        return client;
    }

    private ReplicationException unproved(@Nullable Exception cause) {
        String summary = "The server at " + settings.address() + " did not prove that it knows the password.";
        String hint = "Something may be pretending to be the server: check host, port and network.";
        return cause == null
                ? ReplicationException.of(FailureCause.AUTHENTICATION, summary, hint)
                : ReplicationException.of(FailureCause.AUTHENTICATION, summary, hint, cause);
    }

    private Password password() throws ReplicationException {
        Password password = settings.password();
        if (password == null || password.isEmpty()) {
            throw refused(
                    "The server asks for a password, and none is configured for user " + settings.user() + ".",
                    "Set the target's password to a reference such as env:NAME or file:/path.");
        }
        return password;
    }

    private static ReplicationException refused(String summary, String hint) {
        return ReplicationException.of(FailureCause.AUTHENTICATION, summary, hint);
    }

    private static String text(ByteBuffer body) {
        return new String(Fields.rest(body), StandardCharsets.UTF_8);
    }

    private static byte[] terminated(byte[] bytes) {
        return Arrays.copyOf(bytes, bytes.length + 1);
    }
}
