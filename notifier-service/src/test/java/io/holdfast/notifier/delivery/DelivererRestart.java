package io.holdfast.notifier.delivery;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.inject.Singleton;

/** Ends the deliverer and begins it anew, as a restart of the process does: it keeps nothing in memory. */
@Singleton
public class DelivererRestart {

    private final Deliverer deliverer;

    DelivererRestart(Deliverer deliverer) {
        this.deliverer = deliverer;
    }

    public void restart() throws InterruptedException {
        deliverer.stop(new ShutdownEvent());
        deliverer.start(new StartupEvent());
    }
}
