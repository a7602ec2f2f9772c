package io.holdfast.restore.logical;

import io.holdfast.repository.index.IndexEntry;
import io.holdfast.repository.read.BackupReader;
import io.holdfast.restore.cluster.PostgresVersion;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * A dump that is a backup's.
 *
 * @param globals the script that makes the roles of the dumped server, where there is one
 */
record StoredDumpSource(
        BackupReader backup,
        IndexEntry.WithContent dump,
        Optional<IndexEntry.WithContent> globals,
        PostgresVersion server,
        PostgresVersion maker)
        implements DumpSource {

    @Override
    public InputStream open() throws IOException {
        return backup.open(dump);
    }

    @Override
    public OptionalLong length() {
        return OptionalLong.of(dump.length());
    }

    @Override
    public Set<String> roles() throws IOException {
        DumpNeeds made = new DumpNeeds();
        if (globals.isPresent()) {
            try (BufferedReader lines =
                    new BufferedReader(new InputStreamReader(backup.open(globals.get()), StandardCharsets.UTF_8))) {
                lines.lines().forEach(made::globalsLine);
            }
        }
        return made.rolesOfTheSource();
    }
}
