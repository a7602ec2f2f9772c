package io.holdfast.notifier.mail;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.events.EventId;
import io.holdfast.events.Failure;
import io.holdfast.events.FailureCategory;
import io.holdfast.notifier.incident.Notice;
import io.holdfast.notifier.incident.Notice.Fact;
import io.holdfast.notifier.incident.Notice.Sort;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class MailTextTest {

    @Test
    void a_failure_reads_so() {
        MailText text = MailText.of(notice("db-host-1:5432 refused user backup"));

        assertThat(text.subject()).isEqualTo("[Holdfast] FAILED: orders full backup: authentication");
        assertThat(text.plain()).isEqualTo("""
                The full backup of orders failed.

                Category:  authentication
                Message:   db-host-1:5432 refused user backup
                Hint:      Check the password.
                Backup:    019c2a52-8c00-7d3a-b1a5-0c1d2e3f4a5b

                What to do next:
                - holdfast backup --target orders

                Further failures are not mailed; the next success is.

                Event 42
                """);
        assertThat(text.html())
                .contains("<td>db-host-1:5432 refused user backup</td>")
                .contains("<li>holdfast backup --target orders</li>");
    }

    @Test
    void what_is_quoted_stays_text() {
        MailText text = MailText.of(notice("database \"<script>alert('x')</script>\"\r\nBcc: all@example.org\u202e"));

        assertThat(text.html()).doesNotContain("<script>").contains("&lt;script&gt;alert(&#39;x&#39;)");
        assertThat(text.plain()).contains("</script>\" Bcc: all@example.org\n").doesNotContain("\r", "\u202e");
    }

    @Test
    void the_subject_is_one_short_line_whatever_it_is_about() {
        Notice hostile = new Notice(
                Sort.MISSED,
                new EventId("42"),
                null,
                "orders\r\nBcc: all@example.org\n\n" + "x".repeat(500),
                "",
                Instant.EPOCH,
                null,
                List.of(),
                List.of(),
                null);

        assertThat(MailText.of(hostile).subject())
                .startsWith("[Holdfast] MISSED: orders Bcc: all@example.org xxx")
                .hasSize(200)
                .doesNotContain("\r", "\n");
    }

    private static Notice notice(String message) {
        return new Notice(
                Sort.FAILED,
                new EventId("42"),
                null,
                "orders full backup",
                "The full backup of orders failed.",
                Instant.parse("2026-11-20T12:00:00Z"),
                new Failure(FailureCategory.AUTHENTICATION, message, "Check the password."),
                List.of(new Fact("Backup", "019c2a52-8c00-7d3a-b1a5-0c1d2e3f4a5b")),
                List.of("holdfast backup --target orders"),
                null);
    }
}
