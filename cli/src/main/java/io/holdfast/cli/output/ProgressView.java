package io.holdfast.cli.output;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/**
 * Shows the progress of one piece of work: a bar drawn anew on a terminal, elsewhere a line at each new phase and every
 * ten seconds within one. Silent with nothing to say; thread-safe.
 */
public final class ProgressView {
    private static final Duration BETWEEN_LINES = Duration.ofSeconds(10);

    private final Console console;
    private final Clock clock;
    private String phase = "";
    private Instant lastLine = Instant.MIN;
    private boolean drawn;

    public ProgressView(Console console, Clock clock) {
        this.console = console;
        this.clock = clock;
    }

    /** Shows how far some work, such as {@code backup}, is. */
    public synchronized void show(String work, Progress progress) {
        if (console.terminal()) {
            console.redraw(progress.line(work));
            drawn = true;
            return;
        }
        Instant now = clock.instant();
        String here = work + " " + progress.phase();
        if (!here.equals(phase) || !now.isBefore(lastLine.plus(BETWEEN_LINES))) {
            console.note(progress.line(work));
            lastLine = now;
        }
        phase = here;
    }

    /** Ends the line that was drawn. */
    public synchronized void end() {
        if (drawn) {
            console.endRedraw();
            drawn = false;
        }
    }
}
