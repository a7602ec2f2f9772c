package io.holdfast.notifier.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.holdfast.events.EventId;
import io.holdfast.events.alert.AlertLevel;
import io.holdfast.notifier.incident.Notice;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StoredNoticesTest {

    @ParameterizedTest
    @ValueSource(strings = {"C:\\u0000.dat", "a\\\\u0000", "\"quoted\" grün 🙂"})
    void a_text_that_looks_like_an_escape_comes_back_as_it_was(String text) throws JsonProcessingException {
        Notice notice = notice(text);

        assertThat(StoredNotices.read(StoredNotices.write(notice))).isEqualTo(notice);
    }

    @Test
    void what_postgresql_cannot_store_is_replaced() throws JsonProcessingException {
        String stored = StoredNotices.write(notice("a\0b\ud800c"));

        assertThat(StoredNotices.read(stored)).isEqualTo(notice("a b?c"));
    }

    @Test
    void a_notice_that_an_earlier_version_stored_is_told_loudly() throws JsonProcessingException {
        Notice stored =
                StoredNotices.read("{\"sort\":\"FAILED\",\"event\":\"1\",\"title\":\"orders\",\"sentence\":\"s\","
                        + "\"at\":\"2026-11-20T02:00:00Z\",\"facts\":[],\"next\":[]}");

        assertThat(stored.subject().level()).isEqualTo(AlertLevel.CRITICAL);
    }

    private static Notice notice(String sentence) {
        return new Notice(
                Notice.Sort.FAILED,
                new EventId("1"),
                null,
                "orders",
                sentence,
                Instant.parse("2026-11-20T02:00:00Z"),
                null,
                List.of(new Notice.Fact("File", sentence)),
                List.of(sentence),
                new Notice.About("backup/orders/full", "backup_failed", AlertLevel.WARNING, null, null, null));
    }
}
