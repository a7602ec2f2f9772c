package io.holdfast.restore.request;

import io.holdfast.events.request.RestoreDestination;
import io.holdfast.events.request.RestoreRequested;
import io.holdfast.events.restore.RestoreCompleted;
import io.holdfast.restore.report.ReportFile;
import io.holdfast.restore.report.RestoreReport;
import io.holdfast.restore.report.Warnings;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jboss.logging.Logger;

/** Writes down what came of restores. Thread safe. */
@Singleton
class RestoreReports {
    private static final Logger LOG = Logger.getLogger(RestoreReports.class);

    private final RestoreSettings settings;

    RestoreReports(RestoreSettings settings) {
        this.settings = settings;
    }

    /** What is told of a restore that is done, with what is to be warned of, and where its report lies. */
    RestoreCompleted reported(RestoreRequested request, RestoreCompleted done) {
        boolean overwritten = request.destination() instanceof RestoreDestination.Directory to
                && Boolean.TRUE.equals(to.delta())
                && done.comparison() != null
                && done.keptAside() == null;
        List<String> warnings = Warnings.of(done.checks(), done.missing(), overwritten);
        RestoreCompleted told = done.reported(warnings, null);
        try {
            Path file = ReportFile.write(
                    RestoreReport.of(request, told), settings.restoreReports().orElse(null));
            return done.reported(warnings, file == null ? null : file.toString());
        } catch (IOException e) {
            // That it cannot be written down says nothing against what was restored.
            LOG.warnf(e, "the report of restore %s is not written", done.restoreId());
            List<String> more = new ArrayList<>(warnings);
            more.add("the report could not be written: " + e);
            return done.reported(more, null);
        }
    }
}
