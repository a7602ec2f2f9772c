package io.holdfast.notifier.delivery;

import io.holdfast.events.Event;
import io.holdfast.events.EventId;
import io.holdfast.events.alert.AlertKey;
import io.holdfast.events.alert.AlertTested;
import io.holdfast.events.alert.AlertTested.Result;
import io.holdfast.runtime.identity.Instance;
import io.holdfast.runtime.outbox.Outbox;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/** Says how tests went, once everybody was tried. Each call belongs into a transaction. Thread safe. */
@Singleton
class TestResults {

    private static final String ENDED = """
            update notice n set said_at = ?
            where n.matter like 'test/%' and n.spread_at is not null and n.said_at is null
              and not exists (
                  select 1 from delivery d
                  where d.event_id = n.event_id and d.delivered_at is null and d.given_up_at is null)
            returning n.event_id, n.matter
            """;

    private final DataSource database;
    private final Outbox outbox;
    private final Instance instance;

    TestResults(DataSource database, Outbox outbox, Instance instance) {
        this.database = database;
        this.outbox = outbox;
        this.instance = instance;
    }

    void sayResults(Instant now) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement update = connection.prepareStatement(ENDED)) {
            update.setObject(1, now.atOffset(ZoneOffset.UTC));
            List<AlertTested> tested = new ArrayList<>();
            List<EventId> requests = new ArrayList<>();
            try (ResultSet row = update.executeQuery()) {
                while (row.next()) {
                    requests.add(new EventId(row.getString(1)));
                    tested.add(new AlertTested(
                            new AlertKey(row.getString(2)), results(connection, row.getString(1)), now));
                }
            }
            for (int i = 0; i < tested.size(); i++) {
                EventId request = requests.get(i);
                outbox.publish(new Event<>(
                        EventId.derived(request.value(), "tested"),
                        instance.source(),
                        now,
                        request,
                        request,
                        null,
                        tested.get(i)));
            }
        }
    }

    private static List<Result> results(Connection connection, String event) throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement("select channel, receiver, delivered_at is not null, last_error"
                        + " from delivery where event_id = ? order by channel, receiver")) {
            select.setString(1, event);
            List<Result> results = new ArrayList<>();
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    results.add(new Result(
                            row.getString(1),
                            row.getString(2),
                            row.getBoolean(3),
                            row.getBoolean(3) ? null : row.getString(4)));
                }
            }
            return results;
        }
    }
}
