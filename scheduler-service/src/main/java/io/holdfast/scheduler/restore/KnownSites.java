package io.holdfast.scheduler.restore;

import io.holdfast.events.SiteName;
import io.holdfast.events.progress.WorkerHeartbeat;
import io.holdfast.scheduler.catalog.LiveView;
import io.holdfast.scheduler.request.RequestRefusedException;
import io.holdfast.scheduler.request.RequestRefusedException.Why;
import jakarta.inject.Singleton;
import java.util.TreeSet;

/** The sites whose restore-workers were heard of lately. Thread safe. */
@Singleton
class KnownSites {

    private static final String RESTORE_WORKER = "restore-worker";

    /** Where a restore-worker is that names no site. */
    private static final String LOCAL = "local";

    private final LiveView live;

    KnownSites(LiveView live) {
        this.live = live;
    }

    /**
     * Refuses a site that nobody serves, as far as is known: while no restore-worker was heard of at all, any site will do.
     *
     * @throws RequestRefusedException when there are restore-workers, and none at this site
     */
    void require(SiteName site) {
        TreeSet<String> seen = new TreeSet<>();
        for (WorkerHeartbeat worker : live.workers()) {
            if (worker.service().equals(RESTORE_WORKER)) {
                String named = worker.site();
                seen.add(named == null ? LOCAL : named);
            }
        }
        if (!seen.isEmpty() && !seen.contains(site.value())) {
            throw new RequestRefusedException(
                    Why.CONFLICT,
                    "no restore-worker serves the site " + site,
                    "use one of " + String.join(", ", seen) + ", or start a restore-worker there");
        }
    }
}
