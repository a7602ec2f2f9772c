package io.holdfast.backup.gap;

import io.holdfast.backup.job.BackupWorkerProfile;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import org.junit.jupiter.api.Tag;

/** The same cases with the intervals that workers have; how long it took is printed. */
@Tag("long")
@QuarkusTest
@TestProfile(BackupWorkerProfile.class)
class GapNoticeTest extends GapWatchCases {}
