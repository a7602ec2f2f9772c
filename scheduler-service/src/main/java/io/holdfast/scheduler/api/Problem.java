package io.holdfast.scheduler.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;

/**
 * An error as callers see it.
 *
 * @param type   always {@code about:blank}: the status says what sort of problem it is
 * @param title  the status in words
 * @param detail what is wrong
 * @param hint   what to do about it
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9457">RFC 9457, Problem Details for HTTP APIs</a>
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Problem(String type, String title, int status, String detail, String hint) {

    static final MediaType JSON = MediaType.valueOf("application/problem+json");

    static Response response(Response.StatusType status, String detail, String hint) {
        return Response.status(status)
                .type(JSON)
                .entity(new Problem("about:blank", status.getReasonPhrase(), status.getStatusCode(), detail, hint))
                .build();
    }
}
