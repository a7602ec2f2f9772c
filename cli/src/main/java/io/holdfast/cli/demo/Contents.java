package io.holdfast.cli.demo;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What is in the shop's tables: the part that was loaded before the writer began as count and fingerprint per table, each
 * order since then for itself.
 *
 * @param loaded       per table, rows that were there before the writer began
 * @param written      since then, by order id
 * @param rows         rows in all tables
 * @param brokenStocks products whose stock does not agree with what was ordered
 */
record Contents(Map<String, Loaded> loaded, Map<Long, Written> written, long rows, long brokenStocks) {

    /** Rows of one table; the fingerprint is the sum of their hashes. */
    record Loaded(long rows, String fingerprint) {}

    /** One order with its lines. */
    record Written(int lines, long fingerprint) {}

    /** The expression that fingerprints order {@code o}; also used by the writer. */
    static final String ORDER_FINGERPRINT =
            "hashtextextended(o::text || coalesce((select string_agg(l::text, ',' order by"
                    + " l.line) from order_lines l where l.order_id = o.id), ''), 0)";

    // Without stock, which the writer changes.
    private static final List<String[]> LOADED = List.of(
            new String[] {"customers", "select count(*), sum(hashtextextended(t::text, 0)::numeric) from customers t"},
            new String[] {
                "products",
                "select count(*), sum(hashtextextended(row(id, name, price, initial_stock)::text, 0)::numeric) from products"
            },
            new String[] {
                "orders", "select count(*), sum(hashtextextended(t::text, 0)::numeric) from orders t where id <= ?"
            },
            new String[] {
                "order_lines",
                "select count(*), sum(hashtextextended(t::text, 0)::numeric) from order_lines t where order_id <= ?"
            });

    private static final String BROKEN_STOCKS = """
            select count(*) from products p
            where p.stock <> p.initial_stock - coalesce(
                (select sum(l.quantity) from order_lines l where l.product_id = p.id and l.order_id > ?), 0)
            """;

    /** Reads everything in one snapshot. */
    static Contents read(Connection connection, long lastLoadedOrder) throws SQLException {
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement.execute("set transaction isolation level repeatable read, read only");
            statement.execute("set local timezone = 'UTC'");
            Map<String, Loaded> loaded = new LinkedHashMap<>();
            long rows = 0;
            for (String[] table : LOADED) {
                loaded.put(table[0], loaded(connection, table[1], lastLoadedOrder));
                rows += count(connection, "select count(*) from " + table[0]);
            }
            Map<Long, Written> written = new TreeMap<>();
            try (PreparedStatement orders = connection.prepareStatement(
                    "select o.id, (select count(*) from order_lines l where l.order_id = o.id), " + ORDER_FINGERPRINT
                            + " from orders o where o.id > ?")) {
                orders.setLong(1, lastLoadedOrder);
                try (ResultSet found = orders.executeQuery()) {
                    while (found.next()) {
                        written.put(found.getLong(1), new Written(found.getInt(2), found.getLong(3)));
                    }
                }
            }
            long broken;
            try (PreparedStatement stocks = connection.prepareStatement(BROKEN_STOCKS)) {
                stocks.setLong(1, lastLoadedOrder);
                broken = one(stocks);
            }
            return new Contents(loaded, written, rows, broken);
        } finally {
            connection.rollback();
            connection.setAutoCommit(true);
        }
    }

    private static Loaded loaded(Connection connection, String sql, long lastLoadedOrder) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            if (sql.contains("?")) {
                statement.setLong(1, lastLoadedOrder);
            }
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return new Loaded(row.getLong(1), String.valueOf(row.getString(2)));
            }
        }
    }

    private static long count(Connection connection, String sql) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            return one(statement);
        }
    }

    private static long one(PreparedStatement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery()) {
            row.next();
            return row.getLong(1);
        }
    }
}
