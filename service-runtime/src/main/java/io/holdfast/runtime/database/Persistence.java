package io.holdfast.runtime.database;

import io.quarkus.narayana.jta.QuarkusTransaction;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/** Transactions that are worth waiting for: repeated for as long as only the surroundings fail. */
public final class Persistence {

    private static final Logger LOG = Logger.getLogger(Persistence.class);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

    private Persistence() {}

    /** Does the work in a transaction of its own. Checked exceptions come out wrapped. */
    public static <T> T inTransaction(Callable<T> work) {
        return QuarkusTransaction.requiringNew().call(work);
    }

    /**
     * Does the work in a transaction of its own, again and again while the database is away.
     *
     * @param what for the log
     * @throws InterruptedException when interrupted between two tries
     */
    public static <T> T untilDone(String what, Callable<T> work) throws InterruptedException {
        Duration pause = FIRST_PAUSE;
        while (true) {
            try {
                return inTransaction(work);
            } catch (RuntimeException e) {
                if (!PassingFailure.is(e)) {
                    throw e;
                }
                LOG.warnf("%s waits for the database, next try in %d ms: %s", what, pause.toMillis(), e);
            }
            TimeUnit.NANOSECONDS.sleep(pause.toNanos());
            pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
        }
    }
}
