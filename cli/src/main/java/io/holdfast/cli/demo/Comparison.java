package io.holdfast.cli.demo;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Whether a restored database holds exactly what it has to.
 *
 * <p>Recovery ended at a known position of the log, and every transaction whose commit record ends there or earlier has to
 * be there, no other. The ledger gives two positions around each commit record. Where recovery's end lies between those
 * two, which can be so for one transaction at most, it cannot be known from outside: that one may be there or not, but if
 * it is, then whole.
 *
 * @param rowsExpected rows that had to be there
 * @param rowsFound    rows that are there
 * @param problems     what is not as it has to be; empty: all is proven
 */
record Comparison(long rowsExpected, long rowsFound, List<String> problems) {
    private static final int LISTED = 10;

    static Comparison of(
            Map<String, Contents.Loaded> loadedBefore,
            List<Ledger.Entry> ledger,
            LogPosition recoveredTo,
            Contents found) {
        List<String> problems = new ArrayList<>();
        long expected = 0;
        for (Map.Entry<String, Contents.Loaded> table : loadedBefore.entrySet()) {
            expected += table.getValue().rows();
            Contents.Loaded restored = found.loaded().get(table.getKey());
            if (!table.getValue().equals(restored)) {
                problems.add("the rows of " + table.getKey() + " differ: " + table.getValue() + " before, " + restored
                        + " now");
            }
        }
        Set<Long> allowed = new HashSet<>();
        for (Ledger.Entry entry : ledger) {
            Contents.Written restored = found.written().get(entry.order());
            boolean certainlyIn = entry.after().compareTo(recoveredTo) <= 0;
            boolean certainlyOut = entry.before().compareTo(recoveredTo) >= 0;
            if (certainlyOut) {
                continue;
            }
            allowed.add(entry.order());
            if (restored == null) {
                if (certainlyIn) {
                    expected += entry.rows();
                    problems.add("order " + entry.order() + ", committed at " + entry.after() + ", is missing");
                }
                continue;
            }
            expected += entry.rows();
            if (!restored.equals(new Contents.Written(entry.lines(), entry.fingerprint()))) {
                problems.add("order " + entry.order() + " is not as it was written");
            }
        }
        for (Long order : found.written().keySet()) {
            if (!allowed.contains(order)) {
                problems.add("order " + order + " is there, although it was committed after " + recoveredTo
                        + " or never confirmed");
            }
        }
        if (found.brokenStocks() > 0) {
            problems.add(found.brokenStocks() + " products have a stock that does not agree with the orders");
        }
        if (expected != found.rows()) {
            problems.add(expected + " rows expected, " + found.rows() + " found");
        }
        return new Comparison(expected, found.rows(), shortened(problems));
    }

    private static List<String> shortened(List<String> problems) {
        if (problems.size() <= LISTED) {
            return List.copyOf(problems);
        }
        List<String> some = new ArrayList<>(problems.subList(0, LISTED));
        some.add("and " + (problems.size() - LISTED) + " more");
        return List.copyOf(some);
    }
}
