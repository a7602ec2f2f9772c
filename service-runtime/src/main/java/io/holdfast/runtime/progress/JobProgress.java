package io.holdfast.runtime.progress;

import io.holdfast.events.EventId;
import io.holdfast.events.TargetId;
import io.holdfast.events.progress.JobProgressed;
import io.holdfast.events.progress.Work;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** How far one job is, and its rate over the last seconds. Thread safe. */
final class JobProgress {

    private static final Duration WINDOW = Duration.ofSeconds(10);
    private static final Duration LEAST = Duration.ofSeconds(1);
    private static final int MOST_SAMPLES = 64;

    private final EventId request;
    private final TargetId target;
    private final Work work;
    private final Deque<Sample> samples = new ArrayDeque<>();
    private String phase = "";
    private long bytesDone;
    private @Nullable Long bytesTotal;
    private Instant notedAt = Instant.EPOCH;
    private boolean told = true;

    private record Sample(Instant at, long bytes) {}

    JobProgress(EventId request, TargetId target, Work work) {
        this.request = request;
        this.target = target;
        this.work = work;
    }

    synchronized void note(String newPhase, long done, @Nullable Long total, Instant now) {
        if (!newPhase.equals(phase) || done < bytesDone) {
            samples.clear();
        }
        phase = newPhase;
        bytesDone = done;
        bytesTotal = total;
        notedAt = now;
        told = false;
        Sample last = samples.peekLast();
        if (last == null || Duration.between(last.at(), now).compareTo(WINDOW.dividedBy(MOST_SAMPLES)) >= 0) {
            samples.addLast(new Sample(now, done));
        }
        while (samples.size() > 1 && samples.getFirst().at().isBefore(now.minus(WINDOW))) {
            samples.removeFirst();
        }
    }

    /** What is new since the last time, if anything. */
    synchronized @Nullable JobProgressed news(Instant now, String worker) {
        if (told) {
            return null;
        }
        told = true;
        long rate = rate();
        Long secondsLeft = bytesTotal == null || rate == 0 ? null : Math.max(0, (bytesTotal - bytesDone) / rate);
        return new JobProgressed(request, target, work, phase, bytesDone, bytesTotal, rate, secondsLeft, now, worker);
    }

    private long rate() {
        Sample first = samples.peekFirst();
        if (first == null) {
            return 0;
        }
        long millis = Duration.between(first.at(), notedAt).toMillis();
        // The first moments, in which a job only begins, say nothing about how fast it will be.
        return millis < LEAST.toMillis() ? 0 : (bytesDone - first.bytes()) * 1000 / millis;
    }
}
