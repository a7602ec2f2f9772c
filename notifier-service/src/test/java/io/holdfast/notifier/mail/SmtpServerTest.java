package io.holdfast.notifier.mail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.events.definition.NotificationsDefined.Email;
import io.holdfast.notifier.channel.DeliveryException;
import io.holdfast.notifier.mail.SmtpServer.StartTls;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SmtpServerTest {

    @Test
    void without_a_login_encryption_is_taken_where_it_is_offered() throws DeliveryException {
        SmtpServer server = SmtpServer.of(email("smtp://mail.example.org", null, null));

        assertThat(server).isEqualTo(new SmtpServer("smtp", "mail.example.org", 25, StartTls.OPTIONAL));
        assertThat(properties(server))
                .containsEntry("mail.smtp.starttls.enable", "true")
                .containsEntry("mail.smtp.starttls.required", "false")
                .containsEntry("mail.smtp.timeout", "10000");
    }

    @Test
    void a_login_is_never_sent_in_the_clear_or_to_a_stranger_unless_that_is_switched_off() throws DeliveryException {
        assertThat(properties(SmtpServer.of(email("smtp://mail.example.org:587", "holdfast", null))))
                .containsEntry("mail.smtp.starttls.required", "true")
                .containsEntry("mail.smtp.ssl.checkserveridentity", "true")
                .doesNotContainKey("mail.smtp.ssl.trust");
        assertThat(properties(SmtpServer.of(email("smtp://mail.example.org:587", "holdfast", "disabled"))))
                .containsEntry("mail.smtp.starttls.enable", "false");
    }

    @Test
    void smtps_is_encrypted_from_the_first_byte_and_checks_the_certificate() throws DeliveryException {
        SmtpServer server = SmtpServer.of(email("smtps://mail.example.org", "holdfast", null));

        assertThat(server.port()).isEqualTo(465);
        assertThat(properties(server)).containsEntry("mail.smtps.ssl.checkserveridentity", "true");
    }

    @Test
    void an_address_that_cannot_be_understood_is_refused_without_repeating_it() {
        for (String smtp :
                List.of("mail.example.org:25", "http://mail", "smtp://", "smtp://me:s3cret@mail:25", "smtp://a b")) {
            assertThatThrownBy(() -> SmtpServer.of(email(smtp, null, null)))
                    .as(smtp)
                    .isInstanceOf(DeliveryException.class)
                    .hasMessageContaining("HINT:")
                    .hasMessageNotContaining("s3cret");
        }
        assertThatThrownBy(() -> SmtpServer.of(email("smtp://mail", null, "perhaps")))
                .hasMessageContaining("HINT:");
    }

    private static Properties properties(SmtpServer server) {
        return server.properties(Duration.ofSeconds(10));
    }

    private static Email email(String smtp, @Nullable String username, @Nullable String startTls) {
        return new Email(smtp, "holdfast@example.org", List.of("ops@example.org"), username, null, startTls);
    }
}
