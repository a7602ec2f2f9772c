package io.holdfast.cli.local;

import java.io.IOException;

/** One process of the instance. */
sealed interface Part permits KafkaBroker, ServiceDatabase, HoldfastService {

    /** Its name in messages, log files and the process book. */
    String name();

    /** Makes what the process needs on disk, unless it is there, and says how to start it. */
    Launch prepare() throws IOException;

    /** Whether the running process can be used now. Asked again and again; may take up to a second or so. */
    boolean isReady() throws IOException;

    /** What is done once the process is ready, each time it was started. */
    default void onceReady() throws IOException {}

    /** The signal that ends it in an orderly and quick way. */
    default String stopSignal() {
        return "TERM";
    }
}
