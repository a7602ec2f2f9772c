package io.holdfast.scheduler.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.holdfast.events.Event;
import io.holdfast.events.EventData;
import io.holdfast.events.EventType;
import io.holdfast.events.wire.EventCodec;
import io.holdfast.scheduler.SchedulerConfig;
import io.holdfast.scheduler.request.RequestRefusedException;
import io.holdfast.scheduler.request.RequestRefusedException.Why;
import io.holdfast.scheduler.stream.EventStream;
import io.smallrye.mutiny.Multi;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.sse.OutboundSseEvent;
import jakarta.ws.rs.sse.Sse;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Semaphore;
import org.eclipse.microprofile.openapi.annotations.security.SecurityRequirement;
import org.jspecify.annotations.Nullable;

/**
 * The log as server-sent events, from now on. A client that is cut off sends the last id it saw and gets what came
 * since, as far as it is kept; a client that does not keep up loses events. To be taken as hints to look again.
 */
@SecurityRequirement(name = "token")
@Path("/api/backup/events")
public class EventsResource {

    private static final Duration PING = Duration.ofSeconds(10);
    private static final ObjectMapper JSON = EventCodec.newJsonMapper();

    private final EventStream stream;
    private final Semaphore places;

    EventsResource(EventStream stream, SchedulerConfig config) {
        this.stream = stream;
        this.places = new Semaphore(config.followers());
    }

    /** An event with its envelope. */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record Said(
            String id,
            String type,
            String source,
            String subject,
            Instant time,
            String correlationId,
            EventData data) {}

    @GET
    @Produces(MediaType.SERVER_SENT_EVENTS)
    public Multi<OutboundSseEvent> follow(
            @Context Sse sse,
            @HeaderParam("Last-Event-ID") @Nullable String lastEventId,
            @QueryParam("target") @Nullable String target) {
        if (!places.tryAcquire()) {
            throw new RequestRefusedException(
                    Why.UNAVAILABLE, "too many clients follow the events", "close some, or try again later");
        }
        Multi<OutboundSseEvent> events = stream.follow(lastEventId)
                .filter(event -> target == null || target.equals(event.data().subject()))
                .map(event -> sse.newEventBuilder()
                        .id(event.id().value())
                        .name(EventType.of(event.data()).wireName())
                        .mediaType(MediaType.APPLICATION_JSON_TYPE)
                        .data(String.class, json(event))
                        .build());
        // Tells proxies and clients that the connection lives, and this service when it does not.
        Multi<OutboundSseEvent> pings = Multi.createFrom()
                .ticks()
                .every(PING)
                .onOverflow()
                .drop()
                .map(tick -> sse.newEventBuilder().comment("ping").build());
        return Multi.createBy().merging().streams(events, pings).onTermination().invoke(() -> places.release());
    }

    private static String json(Event<?> event) {
        try {
            return JSON.writeValueAsString(new Said(
                    event.id().value(),
                    EventType.of(event.data()).wireName(),
                    event.source(),
                    event.data().subject(),
                    event.time(),
                    event.correlationId().value(),
                    event.data()));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("every event can be written as JSON", e);
        }
    }
}
