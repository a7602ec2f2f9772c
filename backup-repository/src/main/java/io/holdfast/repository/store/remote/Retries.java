package io.holdfast.repository.store.remote;

import io.holdfast.repository.RepositoryException;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes requests again that failed in a way which may pass: after a random part of a wait that doubles each time (full
 * jitter), not before the time the store asked for, slower when it asks for fewer requests, and not for ever. Thread safe.
 */
public final class Retries {
    private static final Logger LOG = LoggerFactory.getLogger(Retries.class);

    private final Limits limits;
    private final Waiting waiting;
    private final Verdict.Judge judge;
    private final Pace pace = new Pace();

    public Retries(Limits limits, Waiting waiting, Verdict.Judge judge) {
        this.limits = limits;
        this.waiting = waiting;
        this.judge = judge;
    }

    /**
     * How long to go on.
     *
     * @param firstWait at most so long before the second attempt; doubles
     * @param longestWait such waits grow no longer
     * @param giveUpAfter no attempt begins later than this after the first
     */
    public record Limits(Duration firstWait, Duration longestWait, Duration giveUpAfter) {}

    /** One attempt. May be made many times. */
    @FunctionalInterface
    public interface Request<T> {
        T make() throws IOException;
    }

    /**
     * Makes a request until it succeeds, fails for good, or time is up.
     *
     * @param doing what is tried, on what, for messages
     * @throws RepositoryException.Unavailable when time is up, or the thread was interrupted
     */
    public <T> T run(String doing, Request<T> request) throws RepositoryException {
        long began = waiting.nanoTime().getAsLong();
        for (int attempt = 1; ; attempt++) {
            try {
                sleep(pace.reserve(waiting.nanoTime().getAsLong()), doing);
                T answer = request.make();
                pace.faster();
                return answer;
            } catch (RepositoryException e) {
                throw e;
            } catch (IOException | RuntimeException e) {
                if (Thread.currentThread().isInterrupted()) {
                    throw interrupted(doing, e);
                }
                switch (judge.judge(e, doing)) {
                    case Verdict.Final(RepositoryException failure) -> throw failure;
                    case Verdict.Passing passing -> waitAfter(passing, attempt, began, doing, e);
                }
            }
        }
    }

    /** Throws what a failure means, if trying again would change nothing. */
    void throwIfFinal(Exception failure, String doing) throws RepositoryException {
        if (judge.judge(failure, doing) instanceof Verdict.Final(RepositoryException meaning)) {
            throw meaning;
        }
    }

    private void waitAfter(Verdict.Passing passing, int attempt, long began, String doing, Exception failure)
            throws RepositoryException {
        long now = waiting.nanoTime().getAsLong();
        if (passing.tooFast()) {
            pace.slower(now);
        }
        long wait = Math.max(jitter(attempt), nanos(passing.retryAfter()));
        if (now - began + wait > limits.giveUpAfter().toNanos()) {
            throw new RepositoryException.Unavailable(
                    doing + " failed: the store " + passing.what() + ". It was tried " + attempt + " times in "
                            + Duration.ofNanos(now - began).toSeconds() + " s.",
                    passing.hint(),
                    failure);
        }
        LOG.debug("{}: the store {}; trying again in {} ms", doing, passing.what(), wait / 1_000_000);
        sleep(wait, doing);
    }

    private long jitter(int attempt) {
        long most = limits.firstWait().toNanos() << Math.min(attempt - 1, 20);
        return waiting.random()
                .nextLong(Math.clamp(most, 1, limits.longestWait().toNanos()));
    }

    private static long nanos(Optional<Duration> time) {
        return time.map(Duration::toNanos).orElse(0L);
    }

    private void sleep(long nanos, String doing) throws RepositoryException {
        if (nanos <= 0) {
            return;
        }
        try {
            waiting.sleeper().sleep(Duration.ofNanos(nanos));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw interrupted(doing, e);
        }
    }

    private static RepositoryException.Unavailable interrupted(String doing, Exception cause) {
        return new RepositoryException.Unavailable(doing + " was interrupted.", "run it again.", cause);
    }
}
