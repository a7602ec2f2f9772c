package io.holdfast.repository.write;

import java.util.Arrays;

/**
 * Which pages of a file come, where the source knows what has changed since the parent. Those that do not come are as in
 * the parent as far as it has them and they are kept, and zeros otherwise. Immutable.
 */
public final class ChangedPages {
    private final int[] numbers;
    private final int keptBelow;

    private ChangedPages(int[] numbers, int keptBelow) {
        this.numbers = numbers;
        this.keptBelow = keptBelow;
    }

    /**
     * Changed pages.
     *
     * @param keptBelow pages from this number on are not as in the parent, even if they do not come
     * @param numbers of the pages that come, from 0, ascending; copied
     */
    public static ChangedPages of(int keptBelow, int... numbers) {
        int before = -1;
        for (int number : numbers) {
            if (number <= before) {
                throw new IllegalArgumentException("page " + number + " comes behind page " + before);
            }
            before = number;
        }
        if (keptBelow < 0) {
            throw new IllegalArgumentException("no pages are below " + keptBelow);
        }
        return new ChangedPages(numbers.clone(), keptBelow);
    }

    /** How many pages come. */
    public int count() {
        return numbers.length;
    }

    /** The number of the {@code index}th page that comes. */
    int number(int index) {
        return numbers[index];
    }

    /** Pages below this are kept where the parent has them. */
    int keptBelow() {
        return keptBelow;
    }

    /** How many pages the file has. */
    public int length() {
        return numbers.length == 0 ? keptBelow : Math.max(keptBelow, numbers[numbers.length - 1] + 1);
    }

    @Override
    public String toString() {
        int[] first = Arrays.copyOf(numbers, Math.min(numbers.length, 10));
        return numbers.length + " of " + length() + " pages, " + Arrays.toString(first);
    }
}
