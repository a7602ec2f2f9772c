package io.holdfast.restore.drill;

import io.holdfast.events.DrillId;
import io.holdfast.events.request.DrillRequested;
import io.holdfast.repository.Repository;
import java.time.Instant;

/**
 * What to try, and where.
 *
 * @param attempt which try this is, from 1 on
 * @param request what was asked for
 * @param requestedAt when
 * @param repository where the target's backups lie; stays open
 * @param encryptedOnly refuse a backup that is not encrypted
 */
public record DrillOrder(
        DrillId drill,
        int attempt,
        DrillRequested request,
        Instant requestedAt,
        Repository repository,
        boolean encryptedOnly) {}
