package io.holdfast.repository.restore;

import io.holdfast.repository.content.Damage;
import java.util.List;

/**
 * What a restore did.
 *
 * @param files regular files that are there now
 * @param bytes of them
 * @param kept bytes of them that were there before, and so were not fetched
 * @param removed files that were there and are not in the backup
 * @param damages what was missing or wrong and is now zeros; empty unless damage was accepted
 */
public record RestoreReport(long files, long bytes, long kept, long removed, List<Damage> damages) {
    public RestoreReport {
        damages = List.copyOf(damages);
    }
}
