package io.holdfast.verifier.retention;

import io.holdfast.events.EventData;
import io.holdfast.events.EventType;
import io.holdfast.events.Failure;
import io.holdfast.events.FailureCategory;
import io.holdfast.events.definition.RepositoryDefined;
import io.holdfast.events.progress.Work;
import io.holdfast.events.request.HoldRequested;
import io.holdfast.events.retention.BackupHeld;
import io.holdfast.events.retention.BackupReleased;
import io.holdfast.events.retention.HoldFailed;
import io.holdfast.repository.BackupId;
import io.holdfast.repository.Place;
import io.holdfast.repository.Repository;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.TargetName;
import io.holdfast.repository.store.DeletableStore;
import io.holdfast.repository.sweep.Hold;
import io.holdfast.repository.sweep.Holds;
import io.holdfast.runtime.definitions.Definitions;
import io.holdfast.runtime.jobs.Cancellation;
import io.holdfast.runtime.jobs.JobFailedException;
import io.holdfast.runtime.jobs.JobHandler;
import io.holdfast.runtime.jobs.JobKind;
import io.holdfast.runtime.jobs.JobRun;
import io.holdfast.runtime.repository.DefinedRepositories;
import io.holdfast.runtime.secrets.Secrets;
import io.holdfast.verifier.RepositoryFailures;
import io.holdfast.verifier.retention.RetentionConfig.Role;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.Objects;
import java.util.Set;

/** Puts and releases holds, which lie in the repository. Releasing needs the right to delete. */
@Singleton
public class HoldJob implements JobHandler {

    static final JobKind KIND = new JobKind(
            "hold", Work.VERIFICATION, Set.of(EventType.BACKUP_HELD, EventType.BACKUP_RELEASED, EventType.HOLD_FAILED));

    private static final String NOBODY = "somebody";

    private final Definitions definitions;
    private final DefinedRepositories repositories;
    private final RetentionConfig config;
    private final Clock clock;

    HoldJob(Definitions definitions, Secrets secrets, RetentionConfig config, Clock clock) {
        this.definitions = definitions;
        this.repositories = new DefinedRepositories(secrets);
        this.config = config;
        this.clock = clock;
    }

    @Override
    public JobKind kind() {
        return KIND;
    }

    @Override
    public boolean isOn() {
        return config.role() == Role.ON;
    }

    @Override
    public EventData run(JobRun run) throws JobFailedException {
        HoldRequested request = request(run);
        RepositoryDefined defined = definitions
                .repository(request.repository())
                .orElseThrow(() -> new JobFailedException(new Failure(
                        FailureCategory.CONFIGURATION,
                        "the repository " + request.repository() + " is not defined",
                        "Define it in holdfast.yaml, or name one that is.")));
        try (Repository opened = repositories.openToRetain(defined)) {
            return request.release() ? release(run, request, opened, defined) : put(run, request, opened);
        } catch (RepositoryException.Conflict e) {
            throw new JobFailedException(new Failure(FailureCategory.REFUSED, e.what(), e.hint()), e);
        } catch (RepositoryException e) {
            throw new JobFailedException(RepositoryFailures.of(e), e);
        }
    }

    private static EventData put(JobRun run, HoldRequested request, Repository repository)
            throws RepositoryException, JobFailedException {
        TargetName target = new TargetName(request.target().value());
        BackupId backup = new BackupId(request.backupId().toString());
        for (Place place : repository.places(target)) {
            if (repository.at(target, place).listManifests().contains(backup)) {
                // The request's time, so that whoever repeats this puts the same hold.
                repository
                        .retention(target, place)
                        .holds()
                        .put(new Hold(
                                backup,
                                request.hold(),
                                Objects.requireNonNullElse(request.reason(), ""),
                                Objects.requireNonNullElse(request.requestedBy(), NOBODY),
                                run.request().time()));
                return new BackupHeld(
                        request.backupId(),
                        request.target(),
                        request.repository(),
                        request.hold(),
                        request.reason(),
                        request.requestedBy(),
                        run.request().time());
            }
        }
        throw new JobFailedException(new Failure(
                FailureCategory.BACKUP_NOT_FOUND,
                "there is no backup " + backup + " of " + target + " in " + request.repository()
                        + " that could be held",
                "List the backups of this target; one that is being deleted cannot be held any more."));
    }

    private EventData release(JobRun run, HoldRequested request, Repository repository, RepositoryDefined defined)
            throws RepositoryException, JobFailedException {
        TargetName target = new TargetName(request.target().value());
        BackupId backup = new BackupId(request.backupId().toString());
        boolean found = false;
        try (DeletableStore deletable = repositories.connectToRetain(defined)) {
            for (Place place : repository.places(target)) {
                Holds holds = repository.retention(target, place).holds();
                found |= holds.release(backup, request.hold(), deletable);
            }
        }
        // An earlier attempt may have released it and ended before it could say so.
        if (!found && run.attempt() == 1) {
            throw new JobFailedException(new Failure(
                    FailureCategory.BACKUP_NOT_FOUND,
                    "there is no hold " + request.hold() + " of backup " + backup + " in " + request.repository(),
                    "Look at the list of holds."));
        }
        return new BackupReleased(
                request.backupId(),
                request.target(),
                request.repository(),
                request.hold(),
                request.reason(),
                request.requestedBy(),
                clock.instant());
    }

    @Override
    public EventData failed(JobRun run, Failure failure) {
        HoldRequested request = request(run);
        return new HoldFailed(
                request.backupId(),
                request.target(),
                request.repository(),
                request.hold(),
                request.release(),
                failure,
                clock.instant());
    }

    @Override
    public EventData cancelled(JobRun run, Cancellation cancellation) {
        return failed(
                run,
                new Failure(
                        FailureCategory.REFUSED,
                        "cancelled by " + Objects.requireNonNullElse(cancellation.requestedBy(), NOBODY),
                        "Ask again if it is still wanted."));
    }

    private static HoldRequested request(JobRun run) {
        return (HoldRequested) run.request().data();
    }
}
