package io.holdfast.repository.window;

import io.holdfast.repository.encoding.FieldReader;
import io.holdfast.repository.encoding.FieldWriter;
import io.holdfast.repository.encoding.MalformedException;
import io.holdfast.repository.encoding.Sha256;
import io.holdfast.repository.wal.Lsn;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;

/** The bytes of one object of the index. See docs/repository-format.md. */
final class WalTimesCodec {
    /** How much time one object is about at most. */
    static final Duration LONGEST = Duration.ofHours(1);

    /** Samples in one object at most. */
    static final int MOST = 4096;

    /** More bytes than the longest object has. */
    static final int LONGEST_OBJECT = 1 << 17;

    private static final int ENCODING = 1;
    private static final int DIGEST_DIGITS = 8;

    private WalTimesCodec() {}

    /**
     * Cuts samples into lists that fit into an object each, in which neither time nor position goes back. Where the
     * server's clock was set back another one begins.
     */
    static List<List<WalTime>> cut(List<WalTime> samples) {
        List<WalTime> sorted = samples.stream()
                .sorted(Comparator.comparing(WalTime::lsn).thenComparing(WalTime::time))
                .distinct()
                .toList();
        List<List<WalTime>> lists = new ArrayList<>();
        List<WalTime> open = new ArrayList<>();
        for (WalTime sample : sorted) {
            if (!open.isEmpty() && !goesOn(open, sample)) {
                lists.add(open);
                open = new ArrayList<>();
            }
            open.add(sample);
        }
        if (!open.isEmpty()) {
            lists.add(open);
        }
        return lists;
    }

    private static boolean goesOn(List<WalTime> open, WalTime sample) {
        return open.size() < MOST
                && !sample.time().isBefore(open.getLast().time())
                && millis(sample) - millis(open.getFirst()) <= LONGEST.toMillis();
    }

    private static long millis(WalTime sample) {
        return sample.time().toEpochMilli();
    }

    /** The name of the object that holds these. */
    static WalTimesName name(int timeline, List<WalTime> samples) {
        String digest = HexFormat.of().formatHex(sha256(fields(samples))).substring(0, DIGEST_DIGITS);
        WalTime first = samples.getFirst();
        WalTime last = samples.getLast();
        return new WalTimesName(timeline, first.lsn(), millis(first), last.lsn(), millis(last), digest);
    }

    /** The body of the object. */
    static byte[] encode(List<WalTime> samples) {
        byte[] fields = fields(samples);
        return new FieldWriter().raw(sha256(fields)).raw(fields).toByteArray();
    }

    private static byte[] fields(List<WalTime> samples) {
        FieldWriter out = new FieldWriter().u8(ENCODING).varint(samples.size());
        long time = 0;
        long lsn = 0;
        for (WalTime sample : samples) {
            out.varint(sample.micros() - time).varint(sample.lsn().value() - lsn);
            time = sample.micros();
            lsn = sample.lsn().value();
        }
        return out.toByteArray();
    }

    private static byte[] sha256(byte[] bytes) {
        return Sha256.digest().digest(bytes);
    }

    /**
     * Reads a body.
     *
     * @throws MalformedException also if it does not fit the object's name
     */
    static List<WalTime> decode(byte[] body, WalTimesName name) throws MalformedException {
        FieldReader in = new FieldReader(body);
        byte[] digest = in.raw(Sha256.LENGTH);
        byte[] fields = in.raw(in.remaining());
        if (!MessageDigest.isEqual(digest, sha256(fields))) {
            throw new MalformedException("the SHA-256 of its content is another one");
        }
        List<WalTime> samples = samples(new FieldReader(fields));
        if (!name(name.timeline(), samples).equals(name)) {
            throw new MalformedException("its content does not fit its name");
        }
        return samples;
    }

    private static List<WalTime> samples(FieldReader in) throws MalformedException {
        if (in.u8() != ENCODING) {
            throw new MalformedException("its encoding is not known");
        }
        int count = in.count(MOST, "the number of samples");
        if (count == 0) {
            throw new MalformedException("it has no samples");
        }
        List<WalTime> samples = new ArrayList<>(count);
        long time = 0;
        long lsn = 0;
        for (int i = 0; i < count; i++) {
            time += in.size("a time");
            long before = lsn;
            lsn += in.varint();
            if (Long.compareUnsigned(lsn, before) < 0) {
                throw new MalformedException("a position is out of range");
            }
            try {
                samples.add(WalTime.of(time, new Lsn(lsn)));
            } catch (IllegalArgumentException | ArithmeticException e) {
                throw new MalformedException("a time is out of range", e);
            }
        }
        in.end();
        return samples;
    }
}
