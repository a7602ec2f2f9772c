package io.holdfast.cli.local;

import java.time.Duration;

/** Hears how a start or a stop goes on. Called from several threads, one call at a time for each part. */
public interface StartReport {
    void starting(String part);

    void ready(String part, Duration after);

    void stopping(String part);
}
