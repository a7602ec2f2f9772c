package io.holdfast.repository.map;

import io.holdfast.repository.AttemptId;
import io.holdfast.repository.BackupId;

/**
 * Names a pack within a target's place. A map names packs of its own backup and of earlier ones alike.
 *
 * @param number from 0, in the order in which the attempt wrote them
 */
public record PackName(BackupId backup, AttemptId attempt, int number) {
    public PackName {
        if (number < 0) {
            throw new IllegalArgumentException("A pack's number is not negative: " + number);
        }
    }
}
