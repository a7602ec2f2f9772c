package io.holdfast.repository.content;

import io.holdfast.repository.index.FilePath;
import io.holdfast.repository.store.ObjectKey;
import java.util.List;
import java.util.Optional;

/**
 * One thing found to be damaged.
 *
 * @param object the stored object
 * @param files the files of the backup that it concerns: one where pages are named, for a whole object up to
 *     {@link #MOST_FILES} of those in it, none if no file is touched
 * @param pages which pages of the one file, if only some
 * @param detail for people: what was expected and what was found
 */
public record Damage(
        ObjectKey object, List<FilePath> files, Optional<PageRange> pages, DamageKind kind, String detail) {
    /** The most files that one damage names. */
    public static final int MOST_FILES = 100;

    public Damage {
        files = List.copyOf(files);
    }

    /**
     * Consecutive 8 KiB pages of a file.
     *
     * @param first from 0
     * @param count at least 1
     */
    public record PageRange(long first, long count) {
        @Override
        public String toString() {
            return count == 1 ? "page " + first : "pages " + first + " to " + (first + count - 1);
        }
    }

    /** The same with other pages. */
    public Damage withPages(Optional<PageRange> others) {
        return new Damage(object, files, others, kind, detail);
    }

    /** One sentence that names object, files and pages. */
    public String describe() {
        StringBuilder text =
                new StringBuilder("object ").append(object).append(": ").append(detail);
        if (!files.isEmpty()) {
            text.append("; concerns ");
            pages.ifPresent(range -> text.append(range).append(" of "));
            text.append(files.getFirst());
            if (files.size() > 1) {
                text.append(" and ").append(files.size() - 1).append(" more");
            }
        }
        return text.toString();
    }
}
