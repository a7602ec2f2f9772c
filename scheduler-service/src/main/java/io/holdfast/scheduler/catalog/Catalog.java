package io.holdfast.scheduler.catalog;

import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.jboss.logging.Logger;

/** The catalog's schema: made when it is not there, or not whole. Thread safe. */
@Singleton
class Catalog {

    /** The schema's name. */
    static final String SCHEMA = "catalog";

    private static final Logger LOG = Logger.getLogger(Catalog.class);

    private final DataSource database;

    Catalog(DataSource database) {
        this.database = database;
    }

    /** Whether every table is there. */
    boolean whole() throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select to_regclass('catalog.backup') is not null"
                        + " and to_regclass('catalog.restore') is not null"
                        + " and to_regclass('catalog.drill') is not null"
                        + " and to_regclass('catalog.wal_range') is not null"
                        + " and to_regclass('catalog.wal_gap') is not null"
                        + " and to_regclass('catalog.wal_arrival') is not null"
                        + " and to_regclass('catalog.wal_fork') is not null"
                        + " and to_regclass('catalog.position') is not null"
                        + " and to_regclass('catalog.generation') is not null")) {
            return row.next() && row.getBoolean(1);
        }
    }

    /** Makes or updates the schema. One that lacks a table is made anew: all of it can be read again from the log. */
    void ensure() throws SQLException {
        migrate();
        if (!whole()) {
            LOG.warn("the catalog lacks tables; it is made anew and read from the log");
            try (Connection connection = database.getConnection();
                    Statement statement = connection.createStatement()) {
                statement.execute("drop schema if exists catalog cascade");
            }
            migrate();
        }
    }

    private void migrate() {
        Flyway.configure()
                .dataSource(database)
                .schemas(SCHEMA)
                .defaultSchema(SCHEMA)
                .createSchemas(true)
                .resourceProvider(new CatalogMigrations())
                .javaMigrations()
                .connectRetries(0)
                .load()
                .migrate();
    }
}
