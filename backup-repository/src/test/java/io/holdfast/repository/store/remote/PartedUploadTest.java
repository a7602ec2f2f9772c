package io.holdfast.repository.store.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.store.PutOutcome;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class PartedUploadTest {
    private static final int PART = 1000 << 10;

    @Test
    void ten_thousand_parts_are_never_reached() {
        PartSizes sizes = new PartSizes(8 << 20);
        long all = 0;
        for (int number = 1; number < 10_000; number++) {
            assertThat(sizes.of(number + 1)).isGreaterThanOrEqualTo(sizes.of(number));
            all += sizes.of(number);
        }
        assertThat(sizes.of(1)).isEqualTo(8 << 20);
        assertThat(all).as("the longest object of most stores, 5 TiB").isGreaterThan(5L << 40);
    }

    @Test
    void parts_on_their_way_stay_within_their_memory() throws Exception {
        Counting store = new Counting(0);
        PartMemory memory = new PartMemory(3 * PART);
        try (PartedUpload upload = new PartedUpload("a", store, new PartSizes(PART), memory)) {
            byte[] bytes = new byte[20 * PART + 7];
            upload.write(bytes, 0, bytes.length);
            assertThat(upload.commit()).isEqualTo(PutOutcome.CREATED);
        }
        assertThat(store.numbers).hasSize(21);
        assertThat(store.bytes.get()).isEqualTo(20L * PART + 7);
        assertThat(store.most.get()).isBetween(2, 3);
        assertThat(store.aborts.get()).isZero();
    }

    @Test
    void a_part_that_fails_ends_the_upload_and_gives_its_memory_back() throws Exception {
        PartMemory memory = new PartMemory(2 * PART);
        for (int round = 0; round < 3; round++) {
            Counting store = new Counting(4);
            assertThatThrownBy(() -> {
                        try (PartedUpload upload = new PartedUpload("a", store, new PartSizes(PART), memory)) {
                            byte[] bytes = new byte[10 * PART];
                            upload.write(bytes, 0, bytes.length);
                            upload.commit();
                        }
                    })
                    .isInstanceOf(RepositoryException.Denied.class);
            assertThat(store.aborts.get()).isEqualTo(1);
        }
    }

    /** A store that only counts; the part with one number is refused. */
    private static final class Counting implements PartedUpload.Destination {
        private final int refused;
        private final Set<Integer> numbers = new ConcurrentSkipListSet<>();
        private final AtomicLong bytes = new AtomicLong();
        private final AtomicInteger now = new AtomicInteger();
        private final AtomicInteger most = new AtomicInteger();
        private final AtomicInteger aborts = new AtomicInteger();

        Counting(int refused) {
            this.refused = refused;
        }

        @Override
        public void part(int number, byte[] part, int length) throws RepositoryException {
            most.accumulateAndGet(now.incrementAndGet(), Math::max);
            try {
                if (number == refused) {
                    throw new RepositoryException.Denied("Part 4 was refused.", "ask for it.", null);
                }
                Thread.sleep(20);
                numbers.add(number);
                bytes.addAndGet(length);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                now.decrementAndGet();
            }
        }

        @Override
        public PutOutcome whole(byte[] content, int length) {
            return PutOutcome.CREATED;
        }

        @Override
        public void begin() {}

        @Override
        public PutOutcome complete(int count) {
            assertThat(numbers).hasSize(count);
            return PutOutcome.CREATED;
        }

        @Override
        public void abort() {
            aborts.incrementAndGet();
        }
    }
}
