package io.holdfast.repository.read;

import java.util.List;

/**
 * What a restore did.
 *
 * @param files regular files written
 * @param bytes of them
 * @param damages what was missing or wrong and is now zeros; empty unless damage was accepted
 */
public record RestoreReport(long files, long bytes, List<Damage> damages) {
    public RestoreReport {
        damages = List.copyOf(damages);
    }
}
