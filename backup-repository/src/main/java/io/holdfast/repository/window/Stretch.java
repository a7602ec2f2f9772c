package io.holdfast.repository.window;

/**
 * A stretch in which every moment can be reached.
 *
 * @param from where the oldest of its base backups ends
 * @param to behind the last byte of the log that follows on without a gap; its time is that of the last sample before, or where
 *     there is none behind its newest base backup's end, when that ended
 * @param base the oldest base backup of the stretch
 */
public record Stretch(Moment from, Moment to, WindowBase base) {}
