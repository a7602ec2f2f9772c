package io.holdfast.scheduler.api;

import io.holdfast.scheduler.security.ApiToken;
import jakarta.inject.Singleton;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;
import org.jspecify.annotations.Nullable;

/**
 * Lets in who bears the token. Before anything is matched, so that what lies behind does not show; all but the page that
 * says where things are, so that no other spelling of a path leads around it.
 */
@Singleton
class TokenFilter {

    private static final String BEARER = "bearer ";

    private final ApiToken token;

    TokenFilter(ApiToken token) {
        this.token = token;
    }

    @ServerRequestFilter(preMatching = true)
    @Nullable
    Response check(ContainerRequestContext request) {
        String path = request.getUriInfo().getPath();
        if (path.isEmpty() || path.equals("/")) {
            return null;
        }
        String header = request.getHeaderString(HttpHeaders.AUTHORIZATION);
        if (header == null || !header.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
            return refused("no bearer token was sent", "send `Authorization: Bearer …` with the API's token");
        }
        return token.matches(header.substring(BEARER.length()).strip())
                ? null
                : refused("the bearer token is not the API's", "the file named by HOLDFAST_TOKEN_FILE has it");
    }

    private static Response refused(String detail, String hint) {
        Response problem = Problem.response(Response.Status.UNAUTHORIZED, detail, hint);
        return Response.fromResponse(problem)
                .header(HttpHeaders.WWW_AUTHENTICATE, "Bearer realm=\"holdfast\"")
                .build();
    }
}
