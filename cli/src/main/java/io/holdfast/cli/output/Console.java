package io.holdfast.cli.output;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Scanner;

/**
 * Where a command writes. Results go to standard output: for people as text, with {@code --json} as one object on the
 * last line. Everything on the way there goes to standard error. Thread-safe.
 */
public final class Console {
    private final PrintStream out;
    private final PrintStream err;
    private final boolean json;
    private final boolean terminal;

    /**
     * @param json     whether results are JSON
     * @param terminal whether standard error is a terminal that a line can be drawn anew on
     */
    public Console(PrintStream out, PrintStream err, boolean json, boolean terminal) {
        this.out = out;
        this.err = err;
        this.json = json;
        this.terminal = terminal;
    }

    public boolean json() {
        return json;
    }

    public boolean terminal() {
        return terminal;
    }

    /** A line about what goes on. */
    public synchronized void note(String line) {
        err.println(line);
        err.flush();
    }

    /** Draws the current line anew; only on a terminal. */
    public synchronized void redraw(String line) {
        err.print("\r" + line + "\u001b[K");
        err.flush();
    }

    /** Leaves a line that was drawn anew. */
    public synchronized void endRedraw() {
        err.println();
        err.flush();
    }

    /** Asks somebody at the terminal; empty where nobody is there, or says nothing. */
    public synchronized Optional<String> ask(String question) {
        if (!Boolean.getBoolean("holdfast.interactive")) {
            return Optional.empty();
        }
        err.print(question);
        err.flush();
        // One question only, so nothing that was read ahead is wanted by anybody else.
        Scanner answers = new Scanner(System.in, StandardCharsets.UTF_8);
        return answers.hasNextLine() ? Optional.of(answers.nextLine().strip()) : Optional.empty();
    }

    /** The result: the object as one line with {@code --json}, else the text. */
    public synchronized void result(Object object, String text) {
        if (json) {
            out.println(Json.line(object));
        } else if (!text.isEmpty()) {
            out.println(text);
        }
        out.flush();
    }

    /** A line of a stream of results. */
    public synchronized void line(String text) {
        out.println(text);
        out.flush();
    }
}
