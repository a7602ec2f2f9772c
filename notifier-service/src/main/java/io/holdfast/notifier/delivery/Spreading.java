package io.holdfast.notifier.delivery;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.holdfast.events.definition.NotificationsDefined;
import io.holdfast.events.definition.NotificationsDefined.Contact;
import io.holdfast.events.definition.NotificationsDefined.Route;
import io.holdfast.notifier.NotifierConfig;
import io.holdfast.notifier.channel.Channel;
import io.holdfast.notifier.delivery.NoticeTable.Receiver;
import io.holdfast.notifier.delivery.NoticeTable.Standing;
import io.holdfast.notifier.delivery.NoticeTable.Waiting;
import io.holdfast.notifier.incident.Notice;
import io.holdfast.notifier.route.Routes;
import io.quarkus.arc.All;
import jakarta.inject.Singleton;
import java.sql.SQLException;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Decides who gets the notices that wait. Each call belongs into a transaction. Thread safe. */
@Singleton
class Spreading {

    private static final Logger LOG = Logger.getLogger(Spreading.class);
    private static final int AT_ONCE = 100;

    private final NoticeTable notices;
    private final ContactTable contacts;
    private final List<Channel> channels;
    private final NotifierConfig config;

    Spreading(NoticeTable notices, ContactTable contacts, @All List<Channel> channels, NotifierConfig config) {
        this.notices = notices;
        this.contacts = contacts;
        this.channels = channels;
        this.config = config;
    }

    /** Decides about the oldest; answers how many there were. */
    int spread(@Nullable NotificationsDefined definition, Instant now) throws SQLException {
        List<Waiting> waiting = notices.waiting(now, AT_ONCE);
        for (Waiting each : waiting) {
            Optional<Notice> notice = read(each);
            if (notice.isEmpty()) {
                notices.noteSpread(each.event(), now);
            } else if (notice.get().answers() == null) {
                first(definition, each, notice.get(), now);
            } else {
                answer(each, notice.get(), notice.get().answers().value(), now);
            }
        }
        return waiting.size();
    }

    private static Optional<Notice> read(Waiting waiting) {
        try {
            return Optional.of(StoredNotices.read(waiting.content()));
        } catch (JsonProcessingException e) {
            LOG.errorf(e, "the notice of event %s cannot be read; nobody is told of it", waiting.event());
            return Optional.empty();
        }
    }

    private void first(@Nullable NotificationsDefined definition, Waiting waiting, Notice notice, Instant now)
            throws SQLException {
        if (definition == null || everybody(definition).isEmpty()) {
            if (waiting.decidedAt().plus(config.waitForReceivers()).isBefore(now)) {
                LOG.warnf(
                        "nobody is told of %s (event %s). HINT: define notifications in holdfast.yaml.",
                        waiting.matter(), waiting.event());
                notices.noteSpread(waiting.event(), now);
            }
            return;
        }
        if (notice.sort() == Notice.Sort.TEST) {
            tell(waiting, reachable(definition), now);
            notices.noteSpread(waiting.event(), now);
            return;
        }
        if (waiting.held() && notices.answerWaits(waiting.event())) {
            LOG.infof("%s came and went in quiet hours; nobody is told (event %s)", waiting.matter(), waiting.event());
            notices.noteSpread(waiting.event(), now);
            return;
        }
        Optional<Route> route = Routes.of(definition, notice.subject());
        Optional<Instant> quietUntil = route.flatMap(it -> Routes.quietUntil(it, notice.subject(), now));
        if (quietUntil.isPresent()) {
            notices.hold(waiting.event(), quietUntil.get());
            return;
        }
        tell(waiting, route.map(it -> receivers(definition, it.tell())).orElseGet(() -> everybody(definition)), now);
        contacts.begin(
                waiting.matter(),
                waiting.event(),
                route.flatMap(Routes::firstWait).map(now::plus).orElse(null),
                route.flatMap(Routes::repeat).map(now::plus).orElse(null));
        notices.noteSpread(waiting.event(), now);
    }

    /** Those who were told of the first hear the answer. */
    private void answer(Waiting waiting, Notice notice, String first, Instant now) throws SQLException {
        Optional<Standing> standing = notices.standing(first);
        if (standing.isPresent() && !standing.get().spread()) {
            Instant until = standing.get().notBefore();
            if (until != null && until.isAfter(now)) {
                notices.hold(waiting.event(), until);
            }
            return;
        }
        List<Receiver> told = notices.toldOf(first);
        tell(
                waiting,
                notice.sort() == Notice.Sort.ACKNOWLEDGED
                        ? told.stream().filter(this::hearsOfAcknowledgements).toList()
                        : told,
                now);
        notices.noteSpread(waiting.event(), now);
    }

    private void tell(Waiting waiting, List<Receiver> receivers, Instant now) throws SQLException {
        for (Receiver receiver : receivers) {
            notices.tell(waiting.event(), waiting.matter(), receiver, now, firstAttempt(receiver, now));
        }
    }

    /** When a first attempt is made: where many at once are told as one, others may still come. */
    Instant firstAttempt(Receiver receiver, Instant now) {
        return channel(receiver).map(Channel::gathers).orElse(false) ? now.plus(config.groupWait()) : now;
    }

    private boolean hearsOfAcknowledgements(Receiver receiver) {
        return channel(receiver).map(Channel::hearsOfAcknowledgements).orElse(false);
    }

    private Optional<Channel> channel(Receiver receiver) {
        return channels.stream()
                .filter(channel -> channel.name().equals(receiver.channel()))
                .findFirst();
    }

    /** Whoever can be told at all. */
    List<Receiver> everybody(NotificationsDefined definition) {
        return channels.stream()
                .flatMap(channel ->
                        channel.receivers(definition).stream().map(address -> new Receiver(channel.name(), address)))
                .distinct()
                .toList();
    }

    /** Whoever any route may lead to. */
    private List<Receiver> reachable(NotificationsDefined definition) {
        Set<Receiver> reachable = new LinkedHashSet<>(everybody(definition));
        for (Route route : definition.routes() == null ? List.<Route>of() : definition.routes()) {
            reachable.addAll(receivers(definition, route.tell()));
            for (Contact contact : route.escalate() == null ? List.<Contact>of() : route.escalate()) {
                reachable.addAll(receivers(definition, contact.tell()));
            }
        }
        return List.copyOf(reachable);
    }

    /** Who is meant by the words of a route; everybody where they mean nobody any more. */
    List<Receiver> receivers(NotificationsDefined definition, List<String> words) {
        List<Receiver> meant = words.stream()
                .flatMap(word -> channels.stream()
                        .flatMap(channel -> channel.meant(definition, word).stream()
                                .map(address -> new Receiver(channel.name(), address))))
                .distinct()
                .toList();
        if (meant.isEmpty()) {
            LOG.warnf("a route names nobody who is defined (%s), so everybody is told. HINT: correct it.", words);
            return everybody(definition);
        }
        return meant;
    }
}
