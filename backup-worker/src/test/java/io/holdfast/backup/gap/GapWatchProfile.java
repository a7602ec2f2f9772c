package io.holdfast.backup.gap;

import io.holdfast.backup.job.BackupWorkerProfile;
import java.util.HashMap;
import java.util.Map;

/** The watch with a short interval. */
public class GapWatchProfile extends BackupWorkerProfile {
    @Override
    public Map<String, String> getConfigOverrides() {
        Map<String, String> overrides = new HashMap<>(super.getConfigOverrides());
        overrides.put("holdfast.gap-watch.interval", "1s");
        overrides.put("holdfast.gap-watch.times-every", "1s");
        overrides.put("holdfast.gap-watch.tell-every", "1s");
        overrides.put("holdfast.stream.tell-after", "2s");
        return overrides;
    }
}
