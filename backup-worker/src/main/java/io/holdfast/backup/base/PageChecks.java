package io.holdfast.backup.base;

import io.holdfast.repository.index.FilePath;
import io.holdfast.repository.manifest.NotedException;
import io.holdfast.repository.wal.Lsn;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntUnaryOperator;

/** Which files' pages are checked, and what was found. For one thread. */
final class PageChecks {
    /** The word under which suspicious pages are noted in a backup's manifest. */
    static final String WHAT = "page_checksum";

    /** Of so many files the pages are named; a disk that is broken all over must not fill the manifest. */
    private static final int MOST_FILES = 1000;

    private final boolean enabled;
    private final Lsn start;
    private final int pagesPerSegment;
    private final List<NotedException> found = new ArrayList<>();
    private long unlisted;

    /** Checks from {@code start} on; nothing where {@code enabled} is false, since the cluster has no checksums then. */
    PageChecks(boolean enabled, Lsn start, int pagesPerSegment) {
        this.enabled = enabled;
        this.start = start;
        this.pagesPerSegment = pagesPerSegment;
    }

    /** The check of a file; empty where it has no pages or they have no checksums. */
    Optional<PageCheck> of(FilePath path) {
        return of(path, IntUnaryOperator.identity());
    }

    /** The check of a file of which not all pages come; {@code blocks} says which is the first, second and so on. */
    Optional<PageCheck> of(FilePath path, IntUnaryOperator blocks) {
        return enabled
                ? RelationFile.of(path, pagesPerSegment).map(file -> new PageCheck(start, file, blocks))
                : Optional.empty();
    }

    /** Pages of a file that is whole. */
    int pagesPerSegment() {
        return pagesPerSegment;
    }

    /** A checked file is complete. */
    void note(FilePath path, PageCheck check) {
        if (check.suspects() == 0) {
            return;
        }
        if (found.size() == MOST_FILES) {
            unlisted++;
            return;
        }
        String more = check.suspects() > check.listed().size() ? " and more" : "";
        found.add(new NotedException(
                WHAT,
                Optional.of(path),
                "%d pages without the checksum they state, blocks %s%s"
                        .formatted(check.suspects(), check.listed(), more)));
    }

    /** What was found, file by file. */
    List<NotedException> found() {
        List<NotedException> all = new ArrayList<>(found);
        if (unlisted > 0) {
            all.add(new NotedException(WHAT, Optional.empty(), unlisted + " more files with such pages"));
        }
        return List.copyOf(all);
    }
}
