package io.holdfast.verifier.verification;

import io.holdfast.events.verification.Damage;
import java.util.List;

/**
 * What looking at a backup's structure showed.
 *
 * @param damages what is wrong
 * @param notes   what could not be looked at; if there is any, the structure is not shown to be good
 */
record Shown(List<Damage> damages, List<String> notes) {

    Shown {
        damages = List.copyOf(damages);
        notes = List.copyOf(notes);
    }
}
