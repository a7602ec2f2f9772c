package io.holdfast.repository.window;

import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.wal.Lsn;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Asks once for what cannot change any more: both samples around a position that the log has left behind. */
final class RememberedClock implements WindowClock {
    private static final int MOST = 10_000;

    private final WindowClock clock;
    private final Map<Position, Samples> known = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Position, Samples> eldest) {
            return size() > MOST;
        }
    };

    private record Position(int timeline, Lsn lsn) {}

    private record Samples(Optional<WalTime> before, Optional<WalTime> after) {}

    RememberedClock(WindowClock clock) {
        this.clock = clock;
    }

    @Override
    public Optional<WalTime> atOrBefore(int timeline, Lsn lsn) throws RepositoryException {
        return samples(timeline, lsn).before();
    }

    @Override
    public Optional<WalTime> atOrAfter(int timeline, Lsn lsn) throws RepositoryException {
        return samples(timeline, lsn).after();
    }

    private Samples samples(int timeline, Lsn lsn) throws RepositoryException {
        Position position = new Position(timeline, lsn);
        synchronized (known) {
            Samples samples = known.get(position);
            if (samples != null) {
                return samples;
            }
        }
        Samples samples = new Samples(clock.atOrBefore(timeline, lsn), clock.atOrAfter(timeline, lsn));
        boolean isLeftBehind =
                samples.after().isPresent() && samples.after().get().lsn().compareTo(lsn) > 0;
        if (isLeftBehind) {
            synchronized (known) {
                known.put(position, samples);
            }
        }
        return samples;
    }
}
