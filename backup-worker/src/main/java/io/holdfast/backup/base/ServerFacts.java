package io.holdfast.backup.base;

import io.holdfast.backup.replication.FailureCause;
import io.holdfast.backup.replication.ReplicationConnection;
import io.holdfast.backup.replication.ReplicationException;
import io.holdfast.backup.replication.SystemIdentity;

/**
 * What has to be known of a server before a backup of it begins.
 *
 * @param versionNumber such as 170011
 * @param standby whether it replays another server's log
 * @param walSegmentSize in bytes
 * @param pagesPerSegment of a relation's file
 * @param dataChecksums whether its pages carry checksums
 */
public record ServerFacts(
        SystemIdentity identity,
        int versionNumber,
        boolean standby,
        int walSegmentSize,
        int pagesPerSegment,
        boolean dataChecksums) {

    /**
     * Asks a server.
     *
     * @throws ReplicationException of cause CONFIGURATION where it cannot be backed up as it is
     */
    public static ServerFacts of(ReplicationConnection connection) throws ReplicationException {
        int page = connection.showBytes("block_size");
        if (page != PageChecksum.PAGE) {
            throw ReplicationException.of(
                    FailureCause.CONFIGURATION,
                    "The server's pages have " + page + " bytes.",
                    "Only servers built with pages of 8 KiB can be backed up physically; use logical backups here.");
        }
        return new ServerFacts(
                connection.identifySystem(),
                connection.serverVersionNumber(),
                connection.isStandby(),
                connection.walSegmentSize(),
                connection.showBytes("segment_size") / PageChecksum.PAGE,
                connection.show("data_checksums").equals("on"));
    }
}
