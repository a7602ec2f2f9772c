package io.holdfast.repository.retention;

/**
 * Why a backup stays, waits or goes.
 *
 * @param words for people; without a full stop
 */
public record Reason(Rule rule, String words) {
    /** For programs. */
    public enum Rule {
        /** One of its hour, day, week, month or year. */
        GENERATION,
        /** Among the newest. */
        COUNT,
        /** Not old enough. */
        AGE,
        /** A moment of the recovery window is reached from it. */
        WINDOW,
        /** The last of its cluster that is known to be whole. */
        LAST_VERIFIED,
        /** Somebody holds it. */
        HELD,
        /** A backup is being made of it. */
        BUILT_ON,
        /** Not verified yet, and nothing newer is. */
        UNPROVEN,
        /** Too young to be judged. */
        YOUNG,
        /** Its time lies ahead. */
        AHEAD,
        /** The policy has no rule. */
        NO_RULE,
        /** The store does not let it go yet. */
        LOCKED,
        /** It is being restored from. */
        IN_USE,
        /** Somebody has to agree first. */
        APPROVAL,
        /** Enough goes in this run. */
        LIMIT,
        /** No rule keeps it. */
        NOT_KEPT
    }
}
