package io.holdfast.verifier.verification;

import io.holdfast.events.Failure;
import io.holdfast.events.FailureCategory;
import io.holdfast.events.verification.Damage;
import io.holdfast.events.verification.VerificationLevel;
import java.util.List;
import java.util.Optional;

/**
 * What reading a backup back showed.
 *
 * @param level     how much was looked at; where something is wrong: what has to be looked at again to take that back
 * @param bytesRead stored bytes
 * @param objects   stored objects
 * @param category  what sort of failure the damages are
 * @param damages   all that is wrong
 * @param notes     what could not be looked at, and why; for people
 */
public record Findings(
        VerificationLevel level,
        long bytesRead,
        long objects,
        FailureCategory category,
        List<Damage> damages,
        List<String> notes) {

    private static final int MOST_LISTED = 100;

    public Findings {
        damages = List.copyOf(damages);
        notes = List.copyOf(notes);
    }

    /** The damages that an event lists. */
    public List<Damage> listed() {
        return damages.subList(0, Math.min(MOST_LISTED, damages.size()));
    }

    /** The failure that follows; none where nothing is wrong. */
    public Optional<Failure> failure() {
        if (damages.isEmpty()) {
            return Optional.empty();
        }
        Damage first = damages.getFirst();
        String more = damages.size() == 1 ? "" : ", and " + (damages.size() - 1) + " more";
        String file = first.file() == null ? "" : ", file " + first.file();
        return Optional.of(
                new Failure(category, "object " + first.object() + file + ": " + first.what() + more, hint()));
    }

    private String hint() {
        return switch (category) {
            case WAL_MISSING ->
                "Without this WAL the backup cannot be made consistent. Make a new one, and look at why it is missing.";
            case CHECK_FAILED ->
                "The stored bytes are those that were written, but they are no good backup. Make a new one, and look at"
                        + " the source and its tools.";
            default -> "Make a new backup at once, and look at the storage below the repository.";
        };
    }
}
