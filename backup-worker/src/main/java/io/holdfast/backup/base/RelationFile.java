package io.holdfast.backup.base;

import io.holdfast.repository.index.FilePath;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the name of a relation's file says.
 *
 * @param relation whose file it is
 * @param fork {@code fsm}, {@code vm}, {@code init}, or nothing for the main one
 * @param firstBlock number of the file's first page within its fork: beyond the first segment not 0
 */
record RelationFile(Relation relation, String fork, int firstBlock) {
    // A tablespace's files lie below a folder named after version and catalog.
    private static final Pattern PATH = Pattern.compile(
            "(?:(global)|base/(\\d{1,10})|pg_tblspc/(\\d{1,10})/PG_\\d+_\\d+/(\\d{1,10}))/(\\d{1,10})(?:_(fsm|vm|init))?"
                    + "(?:\\.(\\d{1,9}))?");

    /** The tablespaces {@code pg_default} and {@code pg_global}. */
    private static final long DEFAULT = 1663;

    private static final long GLOBAL = 1664;

    /**
     * A relation as log and summaries name it.
     *
     * @param database 0 for what all databases share
     * @param number the name of its files
     */
    record Relation(long tablespace, long database, long number) {}

    /** Reads a path; empty where it is no relation's file, such as a configuration or map file. */
    static Optional<RelationFile> of(FilePath path, int pagesPerSegment) {
        Matcher matcher = PATH.matcher(path.value());
        if (!matcher.matches()) {
            return Optional.empty();
        }
        String fork = matcher.group(6);
        String segment = matcher.group(7);
        return Optional.of(new RelationFile(
                relation(matcher),
                fork == null ? "" : fork,
                segment == null ? 0 : Integer.parseInt(segment) * pagesPerSegment));
    }

    private static Relation relation(Matcher matcher) {
        long number = Long.parseLong(matcher.group(5));
        if (matcher.group(1) != null) {
            return new Relation(GLOBAL, 0, number);
        }
        return matcher.group(2) != null
                ? new Relation(DEFAULT, Long.parseLong(matcher.group(2)), number)
                : new Relation(Long.parseLong(matcher.group(3)), Long.parseLong(matcher.group(4)), number);
    }

    /** Whether it says which pages are visible to all. */
    boolean isVisibilityMap() {
        return fork.equals("vm");
    }
}
