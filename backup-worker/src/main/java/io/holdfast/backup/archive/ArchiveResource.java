package io.holdfast.backup.archive;

import io.holdfast.events.TargetId;
import io.holdfast.repository.Place;
import io.holdfast.repository.RepositoryException;
import io.quarkus.runtime.ShutdownEvent;
import io.smallrye.common.annotation.Blocking;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Takes files from {@code holdfast-archive}: {@code PUT /archive/<target>/<file>} with the target's token. 204 says that the
 * file is durable in the repository; every other answer that it is not, in one line that ends with a hint.
 */
@Singleton
@Path("/archive/{target}/{file}")
public class ArchiveResource {
    private static final Logger LOG = Logger.getLogger(ArchiveResource.class);
    private static final String BEARER = "bearer ";
    private static final int NO_ROOM = 507;
    private static final long LONGEST_WAIT_SECONDS = 20;

    private final ArchivedTargets targets;
    private final Semaphore places;

    ArchiveResource(ArchivedTargets targets, ArchiveConfig config) {
        this.targets = targets;
        this.places = new Semaphore(config.concurrency());
    }

    /** Takes one file. */
    @PUT
    @Blocking
    public Response put(
            @PathParam("target") String target,
            @PathParam("file") String file,
            @HeaderParam(HttpHeaders.AUTHORIZATION) @Nullable String authorization,
            @HeaderParam("Holdfast-System-Identifier") @Nullable String systemIdentifier,
            InputStream content)
            throws InterruptedException {
        if (!targets.areKnown()) {
            return answer(
                    Response.Status.SERVICE_UNAVAILABLE, "The definitions are not known yet. HINT: try again soon.");
        }
        if (authorization == null
                || !authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())
                || !targets.letsIn(
                        new TargetId(target),
                        authorization.substring(BEARER.length()).strip())) {
            return answer(
                    Response.Status.UNAUTHORIZED,
                    "There is no target \"" + target + "\" that takes archived log for this token. HINT: see"
                            + " wal.archive_token of the target in holdfast.yaml, and the token that holdfast-archive has.");
        }
        Optional<ArchivedFile> archived = ArchivedFile.of(file);
        if (archived.isEmpty()) {
            return answer(
                    Response.Status.BAD_REQUEST,
                    "PostgreSQL archives nothing that is called so. HINT: archive_command has to end with %p %f, in this"
                            + " order.");
        }
        if (!places.tryAcquire(LONGEST_WAIT_SECONDS, TimeUnit.SECONDS)) {
            return answer(
                    Response.Status.SERVICE_UNAVAILABLE,
                    "Too many files are on their way. HINT: allow more with holdfast.archive.concurrency.");
        }
        try {
            return take(new TargetId(target), archived.get(), content, cluster(systemIdentifier));
        } finally {
            places.release();
        }
    }

    private static Optional<Place> cluster(@Nullable String systemIdentifier) {
        return systemIdentifier != null && systemIdentifier.matches("[0-9]{1,20}")
                ? Optional.of(new Place(systemIdentifier))
                : Optional.empty();
    }

    private Response take(TargetId target, ArchivedFile file, InputStream content, Optional<Place> cluster)
            throws InterruptedException {
        try {
            Optional<ArchivedLog> log = targets.log(target);
            if (log.isEmpty()) {
                return answer(
                        Response.Status.SERVICE_UNAVAILABLE,
                        "The target's repository is not defined. HINT: define it in holdfast.yaml.");
            }
            log.get().take(file, content, cluster);
            return Response.noContent().build();
        } catch (RefusedFileException e) {
            LOG.warnf("refused %s of %s: %s", file, target, e.getMessage());
            return answer(Response.Status.CONFLICT, String.valueOf(e.getMessage()));
        } catch (RepositoryException e) {
            LOG.warnf("%s of %s could not be stored: %s", file, target, e.getMessage());
            return answer(e, target);
        } catch (IOException e) {
            LOG.warnf("%s of %s did not arrive: %s", file, target, e);
            return answer(
                    Response.Status.SERVICE_UNAVAILABLE,
                    "The file did not arrive as a whole. HINT: look at the network, and at this worker's log.");
        }
    }

    private Response answer(RepositoryException failure, TargetId target) {
        String message = String.valueOf(failure.getMessage());
        return switch (failure) {
            case RepositoryException.Conflict ignored -> answer(Response.Status.CONFLICT, message);
            case RepositoryException.Damaged ignored -> answer(Response.Status.CONFLICT, message);
            case RepositoryException.Full ignored ->
                Response.status(NO_ROOM)
                        .type(MediaType.TEXT_PLAIN_TYPE)
                        .entity(message + "\n")
                        .build();
            case RepositoryException.NotFound ignored -> stale(target, message);
            case RepositoryException.Denied ignored -> stale(target, message);
            case RepositoryException.Unavailable ignored -> stale(target, message);
            case RepositoryException.Unusable ignored -> stale(target, message);
        };
    }

    private Response stale(TargetId target, String message) {
        targets.forget(target);
        return answer(Response.Status.SERVICE_UNAVAILABLE, message);
    }

    private static Response answer(Response.Status status, String message) {
        return Response.status(status)
                .type(MediaType.TEXT_PLAIN_TYPE)
                .entity(message + "\n")
                .build();
    }

    void stop(@Observes ShutdownEvent stopped) {
        targets.close();
    }
}
