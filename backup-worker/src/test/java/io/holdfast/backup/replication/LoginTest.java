package io.holdfast.backup.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.holdfast.backup.replication.ConnectionSettings.WeakLogin;
import io.holdfast.testing.PostgresServer;
import io.holdfast.testing.TestCertificates;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoginTest {
    private static final String SECRET = "s3cret 'with\" odd \\ characters é";

    @TempDir
    static Path folder;

    private static PostgresServer server;
    private static Path roots;
    private static Path otherRoots;

    @BeforeAll
    static void startServer() throws Exception {
        TestCertificates certificates = TestCertificates.in(folder)
                .sign("server", "localhost", "dns:localhost")
                .sign("client", "certified");
        Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
        otherRoots = Files.writeString(
                elsewhere.resolve("root.crt"), TestCertificates.in(elsewhere).authority());
        roots = Files.writeString(folder.resolve("root.crt"), certificates.authority());
        Files.writeString(folder.resolve("client.crt"), certificates.certificate("client"));
        Files.writeString(folder.resolve("client.key"), certificates.key("client"));
        server = PostgresServer.of(17)
                .tls(certificates.certificate("server"), certificates.key("server"), certificates.authority())
                .hba("host replication scram,plain 127.0.0.1/32 scram-sha-256")
                .hba("host replication hashed 127.0.0.1/32 md5")
                .hba("host replication clear 127.0.0.1/32 password")
                .hba("hostssl replication certified 127.0.0.1/32 cert")
                .hba("host replication stranger 127.0.0.1/32 reject")
                .start();
        String quoted = SECRET.replace("'", "''");
        server.execute(
                "postgres",
                "create role scram login replication password '" + quoted + "'",
                "create role plain login password '" + quoted + "'",
                "create role clear login replication password '" + quoted + "'",
                "set password_encryption = 'md5'",
                "create role hashed login replication password '" + quoted + "'",
                "create role certified login replication",
                "create role stranger login replication");
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @Test
    void scram_lets_the_right_password_in_without_and_with_channel_binding() throws Exception {
        for (TlsMode mode : new TlsMode[] {TlsMode.DISABLE, TlsMode.REQUIRE}) {
            try (ReplicationConnection connection = open(settings("scram", SECRET, TlsSettings.of(mode)))) {
                assertThat(connection.serverMajor()).isEqualTo(17);
                assertThat(connection.identifySystem().timeline()).isEqualTo(1);
            }
        }
    }

    @Test
    void a_wrong_password_is_an_authentication_failure_and_is_not_repeated() {
        ReplicationException failure = failureOf(settings("scram", "wrong-password", TlsSettings.of(TlsMode.DISABLE)));
        assertThat(failure.failure()).isEqualTo(FailureCause.AUTHENTICATION);
        assertThat(failure.serverError().orElseThrow().sqlState()).isEqualTo("28P01");
        assertThat(failure).hasMessageContaining("HINT:").hasMessageNotContaining("wrong-password");
    }

    @Test
    void a_missing_password_is_an_authentication_failure() {
        ReplicationException failure = failureOf(settings("scram", null, TlsSettings.of(TlsMode.DISABLE)));
        assertThat(failure.failure()).isEqualTo(FailureCause.AUTHENTICATION);
        assertThat(failure).hasMessageContaining("none is configured");
    }

    @Test
    void a_role_without_the_replication_attribute_lacks_permission() {
        ReplicationException failure = failureOf(settings("plain", SECRET, TlsSettings.of(TlsMode.DISABLE)));
        assertThat(failure.failure()).isEqualTo(FailureCause.PERMISSION);
        assertThat(failure.hint()).contains("WITH REPLICATION");
    }

    @Test
    void an_address_that_pg_hba_rejects_lacks_permission() {
        ReplicationException failure = failureOf(settings("stranger", null, TlsSettings.of(TlsMode.DISABLE)));
        assertThat(failure.failure()).isEqualTo(FailureCause.PERMISSION);
        assertThat(failure.hint()).contains("pg_hba.conf");
    }

    @Test
    void an_md5_login_works_only_where_it_is_allowed() throws Exception {
        ConnectionSettings settings = settings("hashed", SECRET, TlsSettings.of(TlsMode.DISABLE));
        assertThat(failureOf(settings).failure()).isEqualTo(FailureCause.AUTHENTICATION);
        try (ReplicationConnection connection = open(settings.allowing(Set.of(WeakLogin.MD5)))) {
            assertThat(connection.show("server_version_num")).startsWith("17");
        }
    }

    @Test
    void a_password_in_clear_text_is_sent_only_where_it_is_allowed() throws Exception {
        ConnectionSettings settings = settings("clear", SECRET, TlsSettings.of(TlsMode.DISABLE));
        assertThat(failureOf(settings).failure()).isEqualTo(FailureCause.AUTHENTICATION);
        try (ReplicationConnection connection = open(settings.allowing(EnumSet.of(WeakLogin.CLEARTEXT)))) {
            assertThat(connection.show("server_version_num")).startsWith("17");
        }
    }

    @Test
    void verify_full_accepts_the_host_that_the_certificate_names() throws Exception {
        try (ReplicationConnection connection =
                open(at("localhost", settings("scram", SECRET, trusting(TlsMode.VERIFY_FULL, roots))))) {
            assertThat(connection.serverMajor()).isEqualTo(17);
        }
    }

    @Test
    void verify_full_refuses_another_host_and_verify_ca_does_not_look_at_it() throws Exception {
        ConnectionSettings full = settings("scram", SECRET, trusting(TlsMode.VERIFY_FULL, roots));
        assertThat(failureOf(full).failure()).isEqualTo(FailureCause.TLS);
        try (ReplicationConnection connection = open(settings("scram", SECRET, trusting(TlsMode.VERIFY_CA, roots)))) {
            assertThat(connection.serverMajor()).isEqualTo(17);
        }
    }

    @Test
    void an_unknown_authority_is_refused_also_by_require_with_roots() {
        for (TlsMode mode : new TlsMode[] {TlsMode.VERIFY_FULL, TlsMode.VERIFY_CA, TlsMode.REQUIRE}) {
            ReplicationException failure =
                    failureOf(at("localhost", settings("scram", SECRET, trusting(mode, otherRoots))));
            assertThat(failure.failure()).as(mode.toString()).isEqualTo(FailureCause.TLS);
        }
    }

    @Test
    void a_client_certificate_lets_its_role_in() throws Exception {
        TlsSettings tls =
                new TlsSettings(TlsMode.VERIFY_FULL, roots, folder.resolve("client.crt"), folder.resolve("client.key"));
        try (ReplicationConnection connection = open(at("localhost", settings("certified", null, tls)))) {
            assertThat(connection.serverMajor()).isEqualTo(17);
        }
    }

    @Test
    void without_its_client_certificate_a_role_lacks_permission() {
        ReplicationException failure =
                failureOf(at("localhost", settings("certified", null, trusting(TlsMode.VERIFY_FULL, roots))));
        assertThat(failure.failure()).isEqualTo(FailureCause.PERMISSION);
        assertThat(failure.hint()).contains("certificate");
    }

    @Test
    void a_key_in_another_form_is_a_configuration_failure_that_says_how_to_turn_it() throws Exception {
        Path old = Files.writeString(
                folder.resolve("old.key"), "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n");
        TlsSettings tls = new TlsSettings(TlsMode.REQUIRE, null, folder.resolve("client.crt"), old);
        ReplicationException failure = failureOf(settings("certified", null, tls));
        assertThat(failure.failure()).isEqualTo(FailureCause.CONFIGURATION);
        assertThat(failure.hint()).contains("openssl pkcs8");
    }

    @Test
    void settings_do_not_print_the_password() {
        assertThat(settings("scram", SECRET, TlsSettings.of(TlsMode.DISABLE)).toString())
                .doesNotContain("s3cret");
    }

    private static TlsSettings trusting(TlsMode mode, Path authorities) {
        return new TlsSettings(mode, authorities, null, null);
    }

    private static ConnectionSettings settings(String user, @Nullable String password, TlsSettings tls) {
        return ConnectionSettings.of(
                "127.0.0.1", server.port(), user, password == null ? null : Password.of(password), tls);
    }

    private static ConnectionSettings at(String host, ConnectionSettings settings) {
        return ConnectionSettings.of(host, settings.port(), settings.user(), settings.password(), settings.tls());
    }

    private static ReplicationConnection open(ConnectionSettings settings) throws ReplicationException {
        return ReplicationConnection.open(settings, "test");
    }

    private static ReplicationException failureOf(ConnectionSettings settings) {
        return catchThrowableOfType(
                ReplicationException.class, () -> open(settings).close());
    }
}
