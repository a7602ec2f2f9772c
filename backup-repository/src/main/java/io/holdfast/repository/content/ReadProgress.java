package io.holdfast.repository.content;

/** Told how far reading is. Called often and by several threads at once: be quick, only note the numbers. */
@FunctionalInterface
public interface ReadProgress {
    /** Nobody wants to know. */
    ReadProgress NONE = (filesDone, bytesDone) -> {};

    /**
     * So far.
     *
     * @param filesDone files read to their end; never falls
     * @param bytesDone plain bytes of files read and checked; compare with the manifest's sizes; never falls
     */
    void at(long filesDone, long bytesDone);
}
