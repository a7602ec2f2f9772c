package io.holdfast.backup.dump;

import io.holdfast.backup.tool.ToolLimits;
import java.time.Duration;

/**
 * How long a dump may take.
 *
 * @param lockWait how long pg_dump waits for a lock on a table before it gives up
 * @param silence how long a program may write nothing, as it does while it reads a large catalog
 * @param total how long one program may take in all
 */
public record DumpLimits(Duration lockWait, Duration silence, Duration total) {
    ToolLimits ofTool() {
        return new ToolLimits(silence, total);
    }
}
