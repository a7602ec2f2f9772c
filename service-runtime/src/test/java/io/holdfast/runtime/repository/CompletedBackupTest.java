package io.holdfast.runtime.repository;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CompletedBackupTest {
    @Test
    void versions_are_written_as_people_do() {
        assertThat(CompletedBackup.versionText(170011)).isEqualTo("17.11");
        assertThat(CompletedBackup.versionText(90624)).isEqualTo("9.6.24");
    }
}
