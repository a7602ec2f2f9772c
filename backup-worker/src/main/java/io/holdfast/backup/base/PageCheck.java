package io.holdfast.backup.base;

import io.holdfast.repository.wal.Lsn;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntUnaryOperator;

/**
 * Checks the pages of one relation's file as they stream by. New pages (all zero in their header) have no checksum; pages
 * whose position in the log is at or after the backup's start may be torn, and replay writes them anew. A page may also
 * be torn with an older position, where its first part was read before and its last part after a write: what is found
 * here is a suspicion to be looked at, not proof of damage.
 */
final class PageCheck {
    /** Of so many pages the numbers are kept; of all others the count. */
    static final int LISTED = 16;

    private static final int CHECKSUM_AT = 8;
    private static final int UPPER_AT = 14;

    private final Lsn start;
    private final byte[] page = new byte[PageChecksum.PAGE];
    private int filled;
    private final IntUnaryOperator blocks;
    private int taken;
    private long suspects;
    private final List<Integer> listed = new ArrayList<>();

    /**
     * A check of the pages of a file.
     *
     * @param blocks the number within the file's segment of the page that comes first, second and so on, from 0
     */
    PageCheck(Lsn start, RelationFile file, IntUnaryOperator blocks) {
        this.start = start;
        this.blocks = index -> file.firstBlock() + blocks.applyAsInt(index);
    }

    /** Takes some of the file; the buffer's position is left where it was. */
    void take(ByteBuffer content) {
        byte[] bytes = content.array();
        int at = content.arrayOffset() + content.position();
        int end = at + content.remaining();
        while (at < end) {
            if (filled == 0 && end - at >= page.length) {
                check(bytes, at);
                at += page.length;
            } else {
                int length = Math.min(page.length - filled, end - at);
                System.arraycopy(bytes, at, page, filled, length);
                filled += length;
                at += length;
                if (filled == page.length) {
                    filled = 0;
                    check(page, 0);
                }
            }
        }
    }

    /** How many pages did not have the checksum that they say. */
    long suspects() {
        return suspects;
    }

    /** Their numbers within the relation's fork, the first {@link #LISTED} of them. */
    List<Integer> listed() {
        return List.copyOf(listed);
    }

    private void check(byte[] bytes, int at) {
        ByteBuffer header = ByteBuffer.wrap(bytes, at, 24).slice().order(ByteOrder.LITTLE_ENDIAN);
        int number = blocks.applyAsInt(taken++);
        boolean fresh = header.getShort(UPPER_AT) == 0;
        // The two halves of a page's position are each in the machine's order, the upper one first.
        Lsn position = new Lsn((long) header.getInt(0) << 32 | Integer.toUnsignedLong(header.getInt(4)));
        if (fresh || position.compareTo(start) >= 0) {
            return;
        }
        if (Short.toUnsignedInt(header.getShort(CHECKSUM_AT)) != PageChecksum.of(bytes, at, number)) {
            suspects++;
            if (listed.size() < LISTED) {
                listed.add(number);
            }
        }
    }
}
