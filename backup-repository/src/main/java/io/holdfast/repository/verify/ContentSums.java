package io.holdfast.repository.verify;

/** Takes the CRC-32C of each file of which every byte was read and is right. Called by several threads, in no order. */
@FunctionalInterface
public interface ContentSums {
    /**
     * That of one file.
     *
     * @param entry which entry of the index the file is, from 0
     */
    void add(long entry, int crc32c);
}
