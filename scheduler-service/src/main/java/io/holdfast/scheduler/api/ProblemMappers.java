package io.holdfast.scheduler.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import io.holdfast.scheduler.configuration.NearestName;
import io.holdfast.scheduler.request.RequestRefusedException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.Response.Status;
import java.util.List;
import java.util.Objects;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/** Every error becomes a problem; what is not the caller's concern goes to the log alone. */
final class ProblemMappers {

    private static final Logger LOG = Logger.getLogger(ProblemMappers.class);
    private static final String JSON_HINT = "send JSON as /q/openapi describes it";

    ProblemMappers() {}

    @ServerExceptionMapper
    Response refused(RequestRefusedException e) {
        Status status = switch (e.why()) {
            case NOT_FOUND -> Status.NOT_FOUND;
            case INVALID -> Status.BAD_REQUEST;
            case CONFLICT -> Status.CONFLICT;
            case UNAVAILABLE -> Status.SERVICE_UNAVAILABLE;
        };
        return Problem.response(status, Objects.requireNonNullElse(e.getMessage(), "refused"), e.hint());
    }

    @ServerExceptionMapper
    Response unknownField(UnrecognizedPropertyException e) {
        List<String> known =
                e.getKnownPropertyIds().stream().map(String::valueOf).sorted().toList();
        String all = "known: " + String.join(", ", known);
        return Problem.response(
                Status.BAD_REQUEST,
                "the body has a field that is not known here",
                NearestName.of(e.getPropertyName(), known)
                        .map(nearest -> "did you mean `" + nearest + "`? " + all)
                        .orElse(all));
    }

    // Jackson's message quotes what was sent, which may hold a secret: the place is enough.
    @ServerExceptionMapper
    Response malformed(JsonProcessingException e) {
        String field = e instanceof JsonMappingException mapping
                        && !mapping.getPath().isEmpty()
                ? mapping.getPath().stream()
                        .map(step -> step.getFieldName() == null ? "[" + step.getIndex() + "]" : step.getFieldName())
                        .reduce((a, b) -> a + "." + b)
                        .orElse("")
                : "";
        String place = e.getLocation() == null
                ? ""
                : " at line " + e.getLocation().getLineNr() + ", column "
                        + e.getLocation().getColumnNr();
        String detail = field.isEmpty() ? "the body is not valid JSON" + place : field + " has a wrong value" + place;
        return Problem.response(Status.BAD_REQUEST, detail, JSON_HINT);
    }

    // Quarkus has a mapper of its own for this one, which would come first.
    @ServerExceptionMapper
    Response wrongValue(MismatchedInputException e) {
        return malformed(e);
    }

    @ServerExceptionMapper
    Response web(WebApplicationException e) {
        for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof UnrecognizedPropertyException unknown) {
                return unknownField(unknown);
            }
            if (cause instanceof JsonProcessingException malformed) {
                return malformed(malformed);
            }
        }
        Response.StatusType status = e.getResponse().getStatusInfo();
        String hint = switch (status.getStatusCode()) {
            case 404, 405 -> "/q/openapi lists the paths";
            case 413 -> "send at most 256 KiB";
            case 406, 415 -> "speak application/json";
            default -> JSON_HINT;
        };
        return Problem.response(status, status.getReasonPhrase(), hint);
    }

    @ServerExceptionMapper
    Response unexpected(Throwable e) {
        if (DatabaseAway.is(e)) {
            LOG.warnf("a request waits for the database: %s", e.getMessage());
            return Problem.response(
                    Status.SERVICE_UNAVAILABLE,
                    "the database is away, or the catalog is being read from the log",
                    "try again in a moment; /q/health/ready tells more");
        }
        LOG.error("a request failed", e);
        return Problem.response(
                Status.INTERNAL_SERVER_ERROR, "the service failed", "its log and /q/health/ready tell more");
    }
}
