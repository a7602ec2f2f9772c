package io.holdfast.cli.demo;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;

/** The sample's schema and what is in it at the beginning. */
final class Shop {
    /** What an order with its lines, its share of the customers and all indexes takes on disk; measured. */
    private static final long BYTES_PER_ORDER = 470;

    private static final int PRODUCTS = 1_000;

    private static final String SCHEMA = """
            create table customers (
                id bigint primary key,
                name text not null,
                email text not null unique,
                city text not null,
                since timestamptz not null
            );
            create table products (
                id int primary key,
                name text not null,
                price numeric(10, 2) not null,
                initial_stock bigint not null,
                stock bigint not null check (stock >= 0)
            );
            create table orders (
                id bigint primary key,
                customer_id bigint not null references customers,
                placed_at timestamptz not null,
                state text not null,
                note text
            );
            create table order_lines (
                order_id bigint not null references orders,
                line int not null,
                product_id int not null references products,
                quantity int not null check (quantity > 0),
                price numeric(10, 2) not null,
                primary key (order_id, line)
            );
            create index orders_by_customer on orders (customer_id, placed_at);
            create index order_lines_by_product on order_lines (product_id);
            """;

    private static final String PRODUCTS_SQL = """
            insert into products
            select i,
                (array['Oak','Steel','Linen','Glass','Wool','Clay'])[1 + i % 6] || ' '
                    || (array['chair','lamp','kettle','bowl','desk','blanket','shelf'])[1 + i % 7] || ' no. ' || i,
                round((3 + random() * 400)::numeric, 2), 1000000000, 1000000000
            from generate_series(1, ?) i
            """;

    private static final String CUSTOMERS_SQL = """
            insert into customers
            select i,
                (array['Ada','Grace','Edsger','Barbara','Alan','Radia','Leslie','Frances'])[1 + (random() * 7)::int] || ' '
                    || (array['Mwangi','Novak','Sato','Lindqvist','Okafor','Silva','Weber'])[1 + (random() * 6)::int],
                'customer' || i || '@example.org',
                (array['Nairobi','Brno','Osaka','Uppsala','Lagos','Porto','Graz'])[1 + (random() * 6)::int],
                timestamptz '2020-01-01' + random() * interval '2000 days'
            from generate_series(1, ?) i
            """;

    private static final String ORDERS_SQL = """
            insert into orders
            select i, 1 + (random() * (? - 1))::bigint, timestamptz '2025-06-01' + i * interval '1 second',
                (array['placed','paid','sent','delivered'])[1 + (random() * 3)::int],
                case when random() < 0.3 then 'leave with the neighbour, ' || md5(i::text) end
            from generate_series(1, ?::bigint) i
            """;

    private static final String LINES_SQL = """
            insert into order_lines
            select o.id, n, 1 + (random() * (? - 1))::int, 1 + (random() * 4)::int, round((3 + random() * 400)::numeric, 2)
            from orders o cross join lateral generate_series(1, 1 + (o.id % 4)::int) n
            """;

    private Shop() {}

    /** How many orders make a database of about this size. */
    static long ordersFor(long bytes) {
        return Math.max(1_000, bytes / BYTES_PER_ORDER);
    }

    /** Makes the tables and loads them; returns the id of the last order. */
    static long load(Connection connection, long orders) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(SCHEMA);
        }
        long customers = Math.max(100, orders / 10);
        update(connection, PRODUCTS_SQL, PRODUCTS);
        update(connection, CUSTOMERS_SQL, customers);
        update(connection, ORDERS_SQL, customers, orders);
        update(connection, LINES_SQL, PRODUCTS);
        try (Statement statement = connection.createStatement()) {
            statement.execute("vacuum analyze");
        }
        return orders;
    }

    static int products() {
        return PRODUCTS;
    }

    private static void update(Connection connection, String sql, long... parameters) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setLong(i + 1, parameters[i]);
            }
            statement.executeUpdate();
        }
    }
}
