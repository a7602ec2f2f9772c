package io.holdfast.restore.standby;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;

/**
 * A standby on this host, as it is noted down.
 *
 * @param restore what made it
 * @param dataDirectory absolute
 * @param target whose log it follows
 * @param repository where that lies
 * @param place the cluster's place there
 * @param segmentSize bytes of a segment of the log
 * @param encryptedOnly whether log that is not encrypted is refused
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record Standby(
        String restore,
        String dataDirectory,
        String target,
        String repository,
        String place,
        int segmentSize,
        boolean encryptedOnly) {}
