package io.holdfast.repository.map;

/** A stretch of consecutive pages of one file. */
public sealed interface Run {
    /** How many pages, at least 1. The last page of a file may be shorter than the others. */
    int pages();

    /** Pages of nothing but zeros; nothing is stored for them. */
    record Zeros(int pages) implements Run {
        public Zeros {
            if (pages < 1) {
                throw new IllegalArgumentException("A run has at least one page: " + pages);
            }
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
    }
}
