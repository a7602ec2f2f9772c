package io.holdfast.notifier.syslog;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.events.EventId;
import io.holdfast.events.alert.AlertLevel;
import io.holdfast.notifier.incident.Notice;
import io.holdfast.notifier.incident.Notice.About;
import io.holdfast.notifier.incident.Notice.Sort;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class SyslogMessageTest {

    @Test
    void a_message_has_the_form_of_rfc_5424_in_one_line() {
        String message =
                new String(SyslogMessage.of(notice("orders\nfailed"), "control 1", 8192), StandardCharsets.UTF_8);

        assertThat(message)
                .isEqualTo("<130>1 2026-11-20T12:00:00.000Z control_1 holdfast - BACKUP_FAILED - \uFEFF"
                        + "FAILED: orders full backup. orders failed (alert backup/orders/full, event 42)");
    }

    @Test
    void a_datagram_is_cut_between_characters() {
        for (int longest = 200; longest < 210; longest++) {
            byte[] message = SyslogMessage.of(notice("ü€".repeat(500)), "control-1", longest);

            assertThat(message.length).isBetween(longest - 3, longest);
            assertThat(new String(message, StandardCharsets.UTF_8)).doesNotContain("\uFFFD");
        }
    }

    private static Notice notice(String sentence) {
        return new Notice(
                Sort.FAILED,
                new EventId("42"),
                null,
                "orders full backup",
                sentence,
                Instant.parse("2026-11-20T12:00:00Z"),
                null,
                List.of(),
                List.of(),
                new About("backup/orders/full", "backup_failed", AlertLevel.CRITICAL, null, null, null));
    }
}
