package io.holdfast.repository.write;

import io.holdfast.repository.map.FileMap;
import io.holdfast.repository.map.FrameReference;
import io.holdfast.repository.map.Run;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** The parent's map of one part of a file, as far as its runs may be used again. Immutable. */
final class ParentPart {
    /** Of a part that the parent does not have, or whose map cannot be read. */
    static final ParentPart NONE = new ParentPart(List.of(), new int[0], 0);

    /** One run each, empty where it must not be used. */
    private final List<Optional<Run>> runs;

    private final int[] firstPages;
    private final int pages;

    private ParentPart(List<Optional<Run>> runs, int[] firstPages, int pages) {
        this.runs = runs;
        this.firstPages = firstPages;
        this.pages = pages;
    }

    /**
     * A part.
     *
     * @param vouchedFor whether the frame of a run is known to be there
     */
    static ParentPart of(FileMap map, Predicate<FrameReference> vouchedFor) {
        List<Optional<Run>> runs = new ArrayList<>(map.runs().size());
        int[] firstPages = new int[map.runs().size()];
        int page = 0;
        for (Run run : map.runs()) {
            firstPages[runs.size()] = page;
            page += run.pages();
            boolean usable =
                    run instanceof Run.Zeros || run instanceof Run.Stored stored && vouchedFor.test(stored.frame());
            runs.add(usable ? Optional.of(run) : Optional.empty());
        }
        return new ParentPart(runs, firstPages, page);
    }

    /** Pages that the parent has of this part. */
    int pages() {
        return pages;
    }

    /**
     * Whether a page is the parent's.
     *
     * @param page of the part, from 0
     * @param length its bytes; less than a page only at a file's end
     */
    boolean holds(int page, long hash, int length, boolean isZero) {
        if (page >= pages) {
            return false;
        }
        int number = runOf(page);
        Optional<Run> run = runs.get(number);
        if (run.isEmpty()) {
            return false;
        }
        return switch (run.get()) {
            case Run.Zeros zeros -> isZero;
            case Run.Stored stored -> {
                int at = page - firstPages[number];
                yield stored.pageHashes().get(at) == hash && length(stored, at) == length;
            }
        };
    }

    /**
     * The parent's runs of some pages, or empty if one of them must not be used or is not there.
     *
     * @param from first page
     * @param to behind the last page
     * @param wholePages whether a page that is shorter than others, as at a file's end, must not be among them
     */
    Optional<List<Run>> runs(int from, int to, boolean wholePages) {
        if (to > pages) {
            return Optional.empty();
        }
        List<Run> found = new ArrayList<>();
        int page = from;
        for (int number = runOf(from); page < to; number++) {
            Optional<Run> run = runs.get(number);
            if (run.isEmpty()) {
                return Optional.empty();
            }
            int start = page - firstPages[number];
            int end = Math.min(to - firstPages[number], run.get().pages());
            if (wholePages
                    && run.get() instanceof Run.Stored stored
                    && length(stored, end - 1) != FrameReference.PAGE) {
                return Optional.empty();
            }
            found.add(run.get().slice(start, end - start));
            page += end - start;
        }
        return Optional.of(found);
    }

    private int runOf(int page) {
        int at = Arrays.binarySearch(firstPages, page);
        return at >= 0 ? at : -at - 2;
    }

    private static int length(Run.Stored run, int page) {
        int start = (run.firstPage() + page) * FrameReference.PAGE;
        return Math.min(FrameReference.PAGE, run.frame().plainLength() - start);
    }
}
