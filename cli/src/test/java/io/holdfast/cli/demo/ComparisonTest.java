package io.holdfast.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ComparisonTest {
    private static final Map<String, Contents.Loaded> LOADED = Map.of("orders", new Contents.Loaded(100, "4711"));
    private static final LogPosition END = LogPosition.of("0/2000");
    private static final Ledger.Entry BEFORE_END = entry(101, 2, "0/1000", "0/1100");
    private static final Ledger.Entry AT_END = entry(102, 1, "0/1F00", "0/2000");
    private static final Ledger.Entry ACROSS_END = entry(103, 3, "0/1FF0", "0/2010");
    private static final Ledger.Entry AFTER_END = entry(104, 4, "0/2000", "0/2100");
    private static final List<Ledger.Entry> LEDGER = List.of(BEFORE_END, AT_END, ACROSS_END, AFTER_END);

    @Test
    void what_was_committed_up_to_the_end_of_recovery_proves_it() {
        Comparison comparison = Comparison.of(LOADED, LEDGER, END, found(105, BEFORE_END, AT_END));

        assertThat(comparison).isEqualTo(new Comparison(105, 105, List.of()));
    }

    @Test
    void the_one_commit_that_lies_across_the_end_may_be_there_whole() {
        Comparison comparison = Comparison.of(LOADED, LEDGER, END, found(109, BEFORE_END, AT_END, ACROSS_END));

        assertThat(comparison).isEqualTo(new Comparison(109, 109, List.of()));
    }

    @Test
    void half_of_the_commit_that_lies_across_the_end_is_a_problem() {
        Ledger.Entry half = entry(103, 2, "0/1FF0", "0/2010");

        Comparison comparison = Comparison.of(LOADED, LEDGER, END, found(108, BEFORE_END, AT_END, half));

        assertThat(comparison.problems())
                .contains("order 103 is not as it was written", "109 rows expected, 108 found");
    }

    @Test
    void a_missing_order_is_named() {
        Comparison comparison = Comparison.of(LOADED, LEDGER, END, found(103, BEFORE_END));

        assertThat(comparison.problems())
                .contains("order 102, committed at 0/2000, is missing", "105 rows expected, 103 found");
    }

    @Test
    void a_row_from_after_the_end_is_a_problem_even_if_another_one_is_missing_and_the_numbers_agree() {
        Ledger.Entry lateWithOneLine = entry(104, 1, "0/2000", "0/2100");

        Comparison comparison = Comparison.of(
                LOADED, List.of(BEFORE_END, AT_END, lateWithOneLine), END, found(105, BEFORE_END, lateWithOneLine));

        assertThat(comparison.rowsExpected()).isEqualTo(comparison.rowsFound());
        assertThat(comparison.problems()).hasSize(2);
    }

    @Test
    void another_content_of_an_order_is_a_problem() {
        Contents found = found(105, BEFORE_END, AT_END);
        found.written().put(101L, new Contents.Written(2, 999));

        assertThat(Comparison.of(LOADED, LEDGER, END, found).problems())
                .containsExactly("order 101 is not as it was written");
    }

    @Test
    void other_contents_of_what_was_loaded_are_a_problem() {
        Contents found = new Contents(Map.of("orders", new Contents.Loaded(100, "4712")), new TreeMap<>(), 100, 0);

        assertThat(Comparison.of(LOADED, List.of(), END, found).problems())
                .singleElement()
                .asString()
                .startsWith("the rows of orders differ");
    }

    @Test
    void a_stock_that_does_not_agree_with_the_orders_is_a_problem() {
        Contents found = new Contents(LOADED, new TreeMap<>(), 100, 3);

        assertThat(Comparison.of(LOADED, List.of(), END, found).problems())
                .containsExactly("3 products have a stock that does not agree with the orders");
    }

    private static Contents found(long rows, Ledger.Entry... entries) {
        Map<Long, Contents.Written> written = new TreeMap<>();
        for (Ledger.Entry entry : entries) {
            written.put(entry.order(), new Contents.Written(entry.lines(), entry.fingerprint()));
        }
        return new Contents(LOADED, written, rows, 0);
    }

    private static Ledger.Entry entry(long order, int lines, String before, String after) {
        return new Ledger.Entry(order, lines, order * 31, LogPosition.of(before), LogPosition.of(after), Instant.EPOCH);
    }
}
