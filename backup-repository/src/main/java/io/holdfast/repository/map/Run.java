package io.holdfast.repository.map;

import java.util.Optional;

/** A stretch of consecutive pages of one file. */
public sealed interface Run {
    /** How many pages, at least 1. The last page of a file may be shorter than the others. */
    int pages();

    /** A part of this run: {@code count} pages, from page {@code from} of it on. */
    Run slice(int from, int count);

    /** This run and the one behind it as one, if that continues it: more zeros, or the next pages of the same frame. */
    default Optional<Run> joinedWith(Run next) {
        if (this instanceof Zeros(int before) && next instanceof Zeros(int after)) {
            return Optional.of(new Zeros(before + after));
        }
        if (this instanceof Stored(var frame, int first, var hashes)
                && next instanceof Stored(var nextFrame, int nextFirst, var nextHashes)
                && first + hashes.count() == nextFirst
                && frame.equals(nextFrame)) {
            return Optional.of(new Stored(frame, first, hashes.followedBy(nextHashes)));
        }
        return Optional.empty();
    }

    /** Pages of nothing but zeros; nothing is stored for them. */
    record Zeros(int pages) implements Run {
        public Zeros {
            if (pages < 1) {
                throw new IllegalArgumentException("A run has at least one page: " + pages);
            }
        }

        @Override
        public Zeros slice(int from, int count) {
            return new Zeros(count);
        }
    }

    /**
     * Pages that lie in one frame.
     *
     * @param frame where they lie
     * @param firstPage which page of the frame is the first of this run, from 0
     * @param pageHashes a seeded XXH3-64 of each page's bytes
     */
    record Stored(FrameReference frame, int firstPage, PageHashes pageHashes) implements Run {
        public Stored {
            if (pageHashes.count() < 1 || firstPage < 0 || firstPage + pageHashes.count() > frame.pages()) {
                throw new IllegalArgumentException("A run of " + pageHashes.count() + " pages from " + firstPage
                        + " does not fit its frame of " + frame.pages() + " pages");
            }
        }

        @Override
        public int pages() {
            return pageHashes.count();
        }

        @Override
        public Stored slice(int from, int count) {
            return new Stored(frame, firstPage + from, pageHashes.slice(from, count));
        }
    }
}
