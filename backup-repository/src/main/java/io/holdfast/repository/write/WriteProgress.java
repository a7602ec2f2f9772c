package io.holdfast.repository.write;

/**
 * How far a writer is.
 *
 * @param files begun
 * @param bytesRead taken from the caller
 * @param bytesStored written to packs, as stored
 * @param bytesInFlight memory held by bytes taken but not yet stored
 */
public record WriteProgress(long files, long bytesRead, long bytesStored, long bytesInFlight) {}
