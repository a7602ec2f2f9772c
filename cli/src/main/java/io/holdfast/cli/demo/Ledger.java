package io.holdfast.cli.demo;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * What the writer was told is committed, kept outside of the database that is going to be lost. Entries are in the order
 * of their commits, as one writer made them one after the other. Thread-safe.
 */
final class Ledger {
    private final List<Entry> entries = new ArrayList<>();

    /**
     * One committed order.
     *
     * @param order       its id
     * @param lines       how many lines it has
     * @param fingerprint of the order and its lines, by the database
     * @param before      a position before its commit record
     * @param after       a position at or after the end of its commit record
     * @param committedAt when the commit was confirmed
     */
    record Entry(long order, int lines, long fingerprint, LogPosition before, LogPosition after, Instant committedAt) {
        int rows() {
            return 1 + lines;
        }
    }

    synchronized void enter(Entry entry) {
        entries.add(entry);
    }

    synchronized List<Entry> entries() {
        return List.copyOf(entries);
    }
}
