package io.holdfast.notifier.syslog;

import io.holdfast.events.alert.AlertLevel;
import io.holdfast.notifier.channel.NoticeWords;
import io.holdfast.notifier.incident.Notice;
import io.holdfast.notifier.incident.Notice.About;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Locale;

/**
 * A notice as a message of syslog. Pure.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc5424#section-6">RFC 5424, the format</a>
 */
final class SyslogMessage {

    private static final int LOCAL0 = 16;
    private static final int CRITICAL = 2;
    private static final int WARNING = 4;
    private static final int NOTICE = 5;
    private static final int LONGEST_HOST = 255;
    private static final int LONGEST_ID = 32;
    private static final int LONGEST_WORDS = 2000;
    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern(
                    "uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private SyslogMessage() {}

    /**
     * The message in bytes.
     *
     * @param host    who says it
     * @param longest how many bytes it may have; what is more is cut off between two characters
     */
    static byte[] of(Notice notice, String host, int longest) {
        About about = notice.subject();
        String header = "<" + (LOCAL0 * 8 + severity(notice)) + ">1 " + time(notice.at()) + " "
                + printable(host, LONGEST_HOST) + " holdfast - "
                + printable(about.kind().toUpperCase(Locale.ROOT), LONGEST_ID) + " - ";
        String words = NoticeWords.headline(notice) + ". " + NoticeWords.summary(notice)
                + (NoticeWords.hint(notice).isEmpty() ? "" : " HINT: " + NoticeWords.hint(notice))
                + " (alert " + about.key() + ", event " + notice.event() + ")";
        byte[] start = header.getBytes(StandardCharsets.US_ASCII);
        byte[] text = NoticeWords.line(words, LONGEST_WORDS).getBytes(StandardCharsets.UTF_8);
        int end = start.length + BYTE_ORDER_MARK.length;
        byte[] message = Arrays.copyOf(start, end + text.length);
        System.arraycopy(BYTE_ORDER_MARK, 0, message, start.length, BYTE_ORDER_MARK.length);
        System.arraycopy(text, 0, message, end, text.length);
        return cut(message, longest);
    }

    private static byte[] cut(byte[] message, int longest) {
        if (message.length <= longest) {
            return message;
        }
        int end = longest;
        // Not in the middle of a character: its further bytes begin with 10.
        while (end > 0 && (message[end] & 0xC0) == 0x80) {
            end--;
        }
        return Arrays.copyOf(message, end);
    }

    private static int severity(Notice notice) {
        return switch (notice.sort()) {
            case RECOVERED, ACKNOWLEDGED, TEST -> NOTICE;
            case FAILED, MISSED, RAISED, STILL, SEVERAL ->
                notice.subject().level() == AlertLevel.CRITICAL ? CRITICAL : WARNING;
        };
    }

    private static String time(Instant at) {
        return TIME.format(at);
    }

    private static String printable(String text, int longest) {
        String plain = text.replaceAll("[^!-~]", "_");
        return plain.isEmpty() ? "-" : plain.substring(0, Math.min(longest, plain.length()));
    }
}
