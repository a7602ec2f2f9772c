package io.holdfast.backup.stream;

import io.holdfast.repository.wal.Lsn;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * What the server's clock said when its log reached which position: about one sample a second while it writes, and two for
 * a time in which it does not. Samples come out once the log is durable up to them. Memory is bounded: when too many wait,
 * every other one is dropped. Thread safe.
 */
final class Samples {
    private static final Duration STEP = Duration.ofSeconds(1);
    private static final int MOST = 4096;

    private final Deque<Sample> waiting = new ArrayDeque<>();
    private final List<Sample> ready = new ArrayList<>();
    private Instant archivedUntil = Instant.MIN;

    /** Whatever was committed until this time lies before this position. */
    record Sample(Instant time, Lsn position) {}

    /** Takes what the server said; a clock that is set back is waited for. */
    synchronized void note(Instant time, Lsn position) {
        Sample last = waiting.peekLast();
        if (last != null && time.isBefore(last.time().plus(STEP))) {
            return;
        }
        add(waiting, new Sample(time, position));
        if (waiting.size() > MOST) {
            thin();
        }
    }

    /** The log is durable up to here now. */
    synchronized void durable(Lsn position) {
        for (Sample next = waiting.peekFirst();
                next != null && next.position().compareTo(position) <= 0;
                next = waiting.peekFirst()) {
            waiting.removeFirst();
            archivedUntil = next.time();
            Sample last = ready.isEmpty() ? null : ready.getLast();
            boolean stands = ready.size() > 1
                    && last != null
                    && last.position().equals(next.position())
                    && ready.get(ready.size() - 2).position().equals(next.position());
            if (stands) {
                ready.removeLast();
            }
            ready.add(next);
            if (ready.size() > MOST) {
                ready.removeFirst();
            }
        }
    }

    /** The samples that are durable and were not taken before. */
    synchronized List<Sample> take() {
        List<Sample> taken = List.copyOf(ready);
        ready.clear();
        return taken;
    }

    /**
     * Everything that was committed until then, by the server's clock, is durable. Of the newest sample, not the latest: a
     * clock that was ahead for a while is forgotten.
     */
    synchronized Optional<Instant> archivedUntil() {
        return archivedUntil.equals(Instant.MIN) ? Optional.empty() : Optional.of(archivedUntil);
    }

    private static void add(Deque<Sample> samples, Sample next) {
        Sample last = samples.pollLast();
        Sample before = samples.peekLast();
        boolean stands = last != null
                && before != null
                && last.position().equals(next.position())
                && before.position().equals(next.position());
        if (last != null && !stands) {
            samples.addLast(last);
        }
        samples.addLast(next);
    }

    private void thin() {
        List<Sample> all = new ArrayList<>(waiting);
        waiting.clear();
        for (int i = 0; i < all.size(); i += 2) {
            waiting.addLast(all.get(i));
        }
    }
}
