package io.holdfast.repository.content;

import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.map.FrameReference;
import io.holdfast.repository.map.Run;
import java.util.List;

/**
 * A small file among others whose frames lie close to its own, in the order in which they lie: what is fetched for one
 * serves the next ones. Those of one window are used one after the other, by one thread.
 *
 * @param window shared by all of them
 * @param runs of each file the one that has to be fetched, or zeros where none has
 * @param number which of them is this file's
 */
public record Neighbour(FrameWindow window, List<Run> runs, int number) {
    FrameWindow.Found get(FrameReference frame) throws RepositoryException {
        return window.get(runs, number, frame);
    }
}
