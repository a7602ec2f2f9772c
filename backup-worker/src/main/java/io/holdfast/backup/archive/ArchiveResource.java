package io.holdfast.backup.archive;

import io.holdfast.events.TargetId;
import io.holdfast.events.definition.RepositoryDefined;
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
import java.time.Duration;
import java.util.Optional;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Takes files from {@code holdfast-archive}: {@code PUT /archive/<target>/<file>} with the target's token. 200 with the line
 * {@code durable <file> <length> <SHA-256>} says that these bytes are durable in the repository; every other answer that they
 * are not, in one line that ends with a hint. A bare success is not enough: anything may say that at a wrong address.
 */
@Singleton
@Path("/archive/{target}/{file}")
public class ArchiveResource {
    private static final Logger LOG = Logger.getLogger(ArchiveResource.class);
    private static final String BEARER = "bearer ";
    private static final int NO_ROOM = 507;
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(20);

    private final ArchivedTargets targets;
    private final Places places;

    ArchiveResource(ArchivedTargets targets, ArchiveConfig config) {
        this.targets = targets;
        this.places = new Places(config.concurrency());
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
        TargetId id = new TargetId(target);
        Optional<RepositoryDefined> repository = targets.repository(id);
        if (repository.isEmpty()) {
            return answer(
                    Response.Status.SERVICE_UNAVAILABLE,
                    "The target's repository is not defined. HINT: define it in holdfast.yaml.");
        }
        if (!places.enter(repository.get().repository(), LONGEST_WAIT)) {
            return answer(
                    Response.Status.SERVICE_UNAVAILABLE,
                    "Too many files are on their way to the repository "
                            + repository.get().repository()
                            + ". HINT: see whether it answers; allow more with holdfast.archive.concurrency.");
        }
        try (OpenLogs.Use use = targets.log(id, repository.get())) {
            return take(use, file, archived.get(), content, cluster(systemIdentifier));
        } catch (RepositoryException e) {
            LOG.warnf("%s of %s could not be stored: %s", file, target, e.getMessage());
            return answer(e);
        } catch (IOException e) {
            LOG.warnf("%s of %s could not be taken: %s", file, target, e);
            return answer(
                    Response.Status.SERVICE_UNAVAILABLE,
                    "There is no room to work in. HINT: look at this worker's log, and at its work directory.");
        } finally {
            places.leave(repository.get().repository());
        }
    }

    private static Optional<Place> cluster(@Nullable String systemIdentifier) {
        return systemIdentifier != null && systemIdentifier.matches("[0-9]{1,20}")
                ? Optional.of(new Place(systemIdentifier))
                : Optional.empty();
    }

    private static Response take(
            OpenLogs.Use use, String name, ArchivedFile file, InputStream content, Optional<Place> cluster) {
        ReceivedFile received = new ReceivedFile(content);
        try {
            use.log().take(file, received, cluster);
            return answer(Response.Status.OK, "durable " + name + " " + received.summary());
        } catch (RefusedFileException e) {
            LOG.warnf("refused %s: %s", name, e.getMessage());
            return answer(Response.Status.CONFLICT, String.valueOf(e.getMessage()));
        } catch (RepositoryException e) {
            LOG.warnf("%s could not be stored: %s", name, e.getMessage());
            if (isPerhapsStale(e)) {
                use.failed();
            }
            return answer(e);
        } catch (IOException e) {
            LOG.warnf("%s did not arrive: %s", name, e);
            return answer(
                    Response.Status.SERVICE_UNAVAILABLE,
                    "The file did not arrive as a whole. HINT: look at the network, and at this worker's log.");
        }
    }

    private static boolean isPerhapsStale(RepositoryException failure) {
        return switch (failure) {
            case RepositoryException.Conflict ignored -> false;
            case RepositoryException.Damaged ignored -> false;
            case RepositoryException.Full ignored -> false;
            case RepositoryException.NotFound ignored -> true;
            case RepositoryException.Denied ignored -> true;
            case RepositoryException.Unavailable ignored -> true;
            case RepositoryException.Unusable ignored -> true;
        };
    }

    private static Response answer(RepositoryException failure) {
        String message = String.valueOf(failure.getMessage());
        return switch (failure) {
            case RepositoryException.Conflict ignored -> answer(Response.Status.CONFLICT, message);
            case RepositoryException.Damaged ignored -> answer(Response.Status.CONFLICT, message);
            case RepositoryException.Full ignored ->
                Response.status(NO_ROOM)
                        .type(MediaType.TEXT_PLAIN_TYPE)
                        .entity(message + "\n")
                        .build();
            case RepositoryException.NotFound ignored -> answer(Response.Status.SERVICE_UNAVAILABLE, message);
            case RepositoryException.Denied ignored -> answer(Response.Status.SERVICE_UNAVAILABLE, message);
            case RepositoryException.Unavailable ignored -> answer(Response.Status.SERVICE_UNAVAILABLE, message);
            case RepositoryException.Unusable ignored -> answer(Response.Status.SERVICE_UNAVAILABLE, message);
        };
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
