package io.holdfast.notifier.delivery;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.holdfast.events.EventId;
import io.holdfast.events.definition.NotificationsDefined;
import io.holdfast.events.definition.NotificationsDefined.Route;
import io.holdfast.notifier.NotifierConfig;
import io.holdfast.notifier.delivery.ContactTable.Due;
import io.holdfast.notifier.delivery.ContactTable.Late;
import io.holdfast.notifier.delivery.NoticeTable.Receiver;
import io.holdfast.notifier.incident.Notice;
import io.holdfast.notifier.incident.Notice.Sort;
import io.holdfast.notifier.route.Routes;
import jakarta.inject.Singleton;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * Moves what is open along its route: to the next contact while nobody looks after it, to somebody else where a channel does
 * not work, and from the beginning when it is time to repeat it. All of it is in the database, so that a restart changes
 * nothing. Each call belongs into a transaction. Thread safe.
 */
@Singleton
class Contacts {

    private static final Logger LOG = Logger.getLogger(Contacts.class);
    private static final int AT_ONCE = 100;

    private final ContactTable table;
    private final NoticeTable notices;
    private final Spreading spreading;
    private final NotifierConfig config;

    Contacts(ContactTable table, NoticeTable notices, Spreading spreading, NotifierConfig config) {
        this.table = table;
        this.notices = notices;
        this.spreading = spreading;
        this.config = config;
    }

    /** Moves whatever it is time for. */
    void move(NotificationsDefined definition, Instant now) throws SQLException {
        for (Late late : table.late(now.minus(config.passOnAfter()), AT_ONCE)) {
            passOn(definition, late, now);
        }
        for (Due due : table.dueForNext(now, AT_ONCE)) {
            escalate(definition, due, now);
        }
        for (Due due : table.dueForRepeat(now, AT_ONCE)) {
            repeat(definition, due, now);
        }
    }

    private void passOn(NotificationsDefined definition, Late late, Instant now) throws SQLException {
        table.notePassedOn(late.delivery(), now);
        Optional<Notice> notice = read(late.event(), late.content());
        if (notice.isEmpty() || notice.get().answers() != null) {
            // Answers go to those who were told, whoever that became.
            return;
        }
        Optional<Routes.Next> next = late.open()
                ? Routes.of(definition, notice.get().subject()).flatMap(route -> Routes.next(route, late.step(), now))
                : Optional.empty();
        List<Receiver> others = new ArrayList<>(next.map(it -> spreading.receivers(definition, it.tell()))
                .orElseGet(() -> spreading.everybody(definition)));
        others.removeAll(notices.toldOf(late.event()));
        tell(late.event(), late.matter(), others, now);
        if (next.isPresent()) {
            Routes.Next it = next.get();
            table.noteStep(late.matter(), it.step(), it.after().map(now::plus).orElse(null));
        }
        LOG.warnf("event %s could not be told for long; %d others are told as well", late.event(), others.size());
    }

    private void escalate(NotificationsDefined definition, Due due, Instant now) throws SQLException {
        Optional<Routes.Next> next = read(due.event(), due.content())
                .flatMap(notice -> Routes.of(definition, notice.subject()))
                .flatMap(route -> Routes.next(route, due.step(), now));
        if (next.isEmpty()) {
            table.noteStep(due.matter(), due.step(), null);
            return;
        }
        Routes.Next it = next.get();
        tell(due.event(), due.matter(), spreading.receivers(definition, it.tell()), now);
        table.noteStep(due.matter(), it.step(), it.after().map(now::plus).orElse(null));
        LOG.infof("nobody looks after %s: contact %d of its route is told", due.matter(), it.step());
    }

    private void repeat(NotificationsDefined definition, Due due, Instant now) throws SQLException {
        Optional<Notice> first = read(due.event(), due.content());
        Optional<Route> route = first.flatMap(notice -> Routes.of(definition, notice.subject()));
        if (first.isPresent()) {
            EventId id = EventId.derived(due.event(), "repeat", Integer.toString(due.repeats() + 1));
            Notice again = first.get()
                    .with(
                            Sort.STILL,
                            id,
                            first.get().event(),
                            "Still so: " + first.get().sentence(),
                            now,
                            first.get().facts());
            notices.addSpread(id.value(), due.matter(), StoredNotices.write(again), due.event(), now);
            tell(id.value(), due.matter(), notices.toldOf(due.event()), now);
        }
        table.noteRepeat(
                due.matter(), route.flatMap(Routes::repeat).map(now::plus).orElse(null));
    }

    private void tell(String event, String matter, List<Receiver> receivers, Instant now) throws SQLException {
        for (Receiver receiver : receivers) {
            notices.tell(event, matter, receiver, now, spreading.firstAttempt(receiver, now));
        }
    }

    private static Optional<Notice> read(String event, String content) {
        try {
            return Optional.of(StoredNotices.read(content));
        } catch (JsonProcessingException e) {
            LOG.errorf(e, "the notice of event %s cannot be read; nobody else is told of it", event);
            return Optional.empty();
        }
    }
}
