package io.holdfast.repository.window;

import java.util.Optional;

/** Whether a moment can be reached. */
public sealed interface Reach {
    /**
     * It can.
     *
     * @param base the newest base backup from which an unbroken log leads there
     * @param end up to where the log goes on without a gap behind it
     * @param sampled whether it is certain: of a position always; of a time if a sample shows that the server's clock had come
     *     to it by {@code end}. Where it is false only the log itself can prove it, by a commit behind the time
     */
    record Reachable(WindowBase base, Moment end, boolean sampled) implements Reach {}

    /**
     * It cannot.
     *
     * @param before the last moment before it that can be reached
     * @param after the first moment behind it that can be reached
     * @param hole what lies between, if something is missing there
     */
    record Outside(Optional<Moment> before, Optional<Moment> after, Optional<Hole> hole) implements Reach {}
}
