package io.holdfast.repository;

import io.holdfast.repository.content.Damage;
import io.holdfast.repository.content.DamageKind;
import io.holdfast.repository.store.ObjectKey;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Something in the repository went wrong. The family is closed: whoever catches one can switch over it and decide
 * (retry, report, give up). The message says what and where, and ends with a hint of what to do. It never holds a secret.
 */
public abstract sealed class RepositoryException extends IOException {
    private static final long serialVersionUID = 1L;

    private final String what;
    private final String hint;

    private RepositoryException(String what, String hint, @Nullable Throwable cause) {
        super(what + " HINT: " + hint, cause);
        this.what = what;
        this.hint = hint;
    }

    /** The exception itself if it is one of these, else one that says the store did not answer. */
    public static RepositoryException from(IOException failure, String doing) {
        return failure instanceof RepositoryException known
                ? known
                : new Unavailable(
                        doing + " failed: " + failure + ".",
                        "look at the store and the way to it, then run it again.",
                        failure);
    }

    /** What went wrong and where, without the hint. */
    public final String what() {
        return what;
    }

    /** What a person can do about it. */
    public final String hint() {
        return hint;
    }

    /** The object, backup or segment that was asked for does not exist. Trying again does not help. */
    public static final class NotFound extends RepositoryException {
        private static final long serialVersionUID = 1L;

        public NotFound(String what, String hint) {
            super(what, hint, null);
        }

        public NotFound(String what, String hint, Throwable cause) {
            super(what, hint, cause);
        }
    }

    /** The store, or the work directory, has no space or quota left. */
    public static final class Full extends RepositoryException {
        private static final long serialVersionUID = 1L;

        public Full(String what, String hint, @Nullable Throwable cause) {
            super(what, hint, cause);
        }
    }

    /** The store is read-only, or the credentials or permissions do not allow what was tried. */
    public static final class Denied extends RepositoryException {
        private static final long serialVersionUID = 1L;

        public Denied(String what, String hint, @Nullable Throwable cause) {
            super(what, hint, cause);
        }
    }

    /** The store did not answer or failed in a way that may pass: the only kind for which trying again is worth it. */
    public static final class Unavailable extends RepositoryException {
        private static final long serialVersionUID = 1L;

        public Unavailable(String what, String hint, @Nullable Throwable cause) {
            super(what, hint, cause);
        }
    }

    /** Stored bytes are not what was written: a digest differs, an object is cut short, its structure is broken. */
    public static final class Damaged extends RepositoryException {
        private static final long serialVersionUID = 1L;

        private final transient @Nullable Damage damage;

        public Damaged(String what, String hint) {
            super(what, hint, null);
            damage = null;
        }

        public Damaged(String what, String hint, Throwable cause) {
            super(what, hint, cause);
            damage = null;
        }

        /** With what was found, for those who report it in words of their own. */
        public Damaged(Damage damage, String what, String hint, @Nullable Throwable cause) {
            super(what, hint, cause);
            this.damage = damage;
        }

        /** For an object as a whole that cannot be understood. */
        public Damaged(ObjectKey object, String detail, String what, String hint, @Nullable Throwable cause) {
            this(new Damage(object, List.of(), Optional.empty(), DamageKind.UNREADABLE, detail), what, hint, cause);
        }

        /** Object, files, pages and detail, where it is known; not kept when the exception is serialised. */
        public Optional<Damage> damage() {
            return Optional.ofNullable(damage);
        }
    }

    /** Something else is stored under the same name, such as another cluster's WAL segment. Nothing was overwritten. */
    public static final class Conflict extends RepositoryException {
        private static final long serialVersionUID = 1L;

        private final boolean ofContent;

        public Conflict(String what, String hint) {
            this(what, hint, false);
        }

        private Conflict(String what, String hint, boolean ofContent) {
            super(what, hint, null);
            this.ofContent = ofContent;
        }

        /** Both were compared, and their bytes differ. */
        public static Conflict ofContent(String what, String hint) {
            return new Conflict(what, hint, true);
        }

        /** Whether both were compared and differ; else they cannot be compared, or must not be beside each other. */
        public boolean isOfContent() {
            return ofContent;
        }
    }

    /** This place cannot be used as it is: an unknown kind of address, no repository, or a newer format. */
    public static final class Unusable extends RepositoryException {
        private static final long serialVersionUID = 1L;

        public Unusable(String what, String hint) {
            super(what, hint, null);
        }

        public Unusable(String what, String hint, Throwable cause) {
            super(what, hint, cause);
        }
    }
}
