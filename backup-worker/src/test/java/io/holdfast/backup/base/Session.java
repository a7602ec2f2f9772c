package io.holdfast.backup.base;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.zip.CRC32C;

/** What a server says while it makes a small base backup. */
final class Session {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    private Session() {}

    /** From the login on. */
    static byte[] whole(byte[] archive, byte[] manifest) {
        Session session = new Session();
        session.message('R', ByteBuffer.allocate(4).putInt(0).array());
        session.message('S', text("server_version\00017.11\0"));
        session.message('S', text("in_hot_standby\000off\0"));
        session.message('Z', text("I"));
        session.answer("8192");
        session.answer("7310000000000000000", "1", "0/2000028", "");
        for (String setting : new String[] {"170011", "16MB", "1GB", "on"}) {
            session.answer(setting);
        }
        session.rows("0/2000028", "1");
        session.rows("", "", "24");
        session.message('H', new byte[3]);
        session.message('d', text("nbase.tar\0\0"));
        for (int at = 0; at < archive.length; at += 8192) {
            session.data(Arrays.copyOfRange(archive, at, Math.min(at + 8192, archive.length)));
        }
        session.message(
                'd', ByteBuffer.allocate(9).put((byte) 'p').putLong(20_000).array());
        session.message('d', text("m"));
        session.data(manifest);
        session.message('c', new byte[0]);
        session.rows("0/2000100", "1");
        session.message('C', text("SELECT\0"));
        session.message('Z', text("I"));
        return session.out.toByteArray();
    }

    private void answer(String... cells) {
        rows(cells);
        message('Z', text("I"));
    }

    private void rows(String... cells) {
        message('T', new byte[2]);
        ByteArrayOutputStream row = new ByteArrayOutputStream();
        row.writeBytes(ByteBuffer.allocate(2).putShort((short) cells.length).array());
        for (String cell : cells) {
            byte[] bytes = text(cell);
            row.writeBytes(ByteBuffer.allocate(4)
                    .putInt(cell.isEmpty() ? -1 : bytes.length)
                    .array());
            row.writeBytes(bytes);
        }
        message('D', row.toByteArray());
        message('C', text("SELECT\0"));
    }

    private void data(byte[] bytes) {
        message(
                'd',
                ByteBuffer.allocate(1 + bytes.length).put((byte) 'd').put(bytes).array());
    }

    private void message(char type, byte[] body) {
        out.writeBytes(ByteBuffer.allocate(5 + body.length)
                .put((byte) type)
                .putInt(4 + body.length)
                .put(body)
                .array());
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** PostgreSQL's manifest of two files. */
    static byte[] manifest(String one, int oneSize, CRC32C oneSum, String two, int twoSize, CRC32C twoSum)
            throws Exception {
        String counted = """
                { "PostgreSQL-Backup-Manifest-Version": 2,
                "System-Identifier": 7310000000000000000,
                "Files": [
                %s,
                %s
                ],
                "WAL-Ranges": [
                { "Timeline": 1, "Start-LSN": "0/2000028", "End-LSN": "0/2000100" }
                ],
                """.formatted(file(one, oneSize, oneSum), file(two, twoSize, twoSum));
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(text(counted));
        return text(counted + "\"Manifest-Checksum\": \"" + HexFormat.of().formatHex(digest) + "\"}\n");
    }

    private static String file(String path, int size, CRC32C sum) {
        String checksum = HexFormat.of().toHexDigits(Integer.reverseBytes((int) sum.getValue()));
        return ("{ \"Path\": \"%s\", \"Size\": %d, \"Last-Modified\": \"2026-11-20 12:00:00 GMT\","
                        + " \"Checksum-Algorithm\": \"CRC32C\", \"Checksum\": \"%s\" }")
                .formatted(path, size, checksum);
    }
}
