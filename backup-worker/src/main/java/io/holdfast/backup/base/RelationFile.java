package io.holdfast.backup.base;

import io.holdfast.repository.index.FilePath;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the name of a relation's file says.
 *
 * @param fork {@code fsm}, {@code vm}, {@code init}, or nothing for the main one
 * @param firstBlock number of the file's first page within its fork: beyond the first segment not 0
 */
record RelationFile(String fork, int firstBlock) {
    // A tablespace's files lie below a folder named after version and catalog.
    private static final Pattern PATH = Pattern.compile(
            "(?:global|base/\\d+|pg_tblspc/\\d+/PG_\\d+_\\d+/\\d+)/\\d+(?:_(fsm|vm|init))?(?:\\.(\\d{1,9}))?");

    /** Reads a path; empty where it is no relation's file, such as a configuration or map file. */
    static Optional<RelationFile> of(FilePath path, int pagesPerSegment) {
        Matcher matcher = PATH.matcher(path.value());
        if (!matcher.matches()) {
            return Optional.empty();
        }
        String fork = matcher.group(1);
        String segment = matcher.group(2);
        return Optional.of(new RelationFile(
                fork == null ? "" : fork, segment == null ? 0 : Integer.parseInt(segment) * pagesPerSegment));
    }

    /** Whether it says which pages are visible to all. */
    boolean isVisibilityMap() {
        return fork.equals("vm");
    }
}
