package io.holdfast.scheduler.catalog;

import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import org.flywaydb.core.api.ResourceProvider;
import org.flywaydb.core.api.resource.LoadableResource;
import org.jspecify.annotations.Nullable;

/** The catalog's migrations, named one by one: how a packaged service can be searched for them differs by packaging. */
final class CatalogMigrations implements ResourceProvider {

    private static final List<LoadableResource> ALL = List.of(
            new Migration("V1__catalog.sql"),
            new Migration("V2__restore_comparison.sql"),
            new Migration("V3__encrypted_backups.sql"),
            new Migration("V4__verdicts.sql"),
            new Migration("V5__recovery_targets.sql"),
            new Migration("V6__asked_repository.sql"),
            new Migration("V7__drills.sql"),
            new Migration("V8__windows.sql"),
            new Migration("V9__retention.sql"),
            new Migration("V10__restore_reports.sql"),
            new Migration("V12__timeline_forks.sql"),
            new Migration("V13__rereading.sql"));

    /** Flyway also asks for settings beside each migration, of which there are none: then the answer is null. */
    @Override
    public @Nullable LoadableResource getResource(String name) {
        return ALL.stream()
                .filter(migration -> migration.getRelativePath().equals(name))
                .findFirst()
                .orElse(null);
    }

    @Override
    public Collection<LoadableResource> getResources(String prefix, String[] suffixes) {
        return ALL.stream()
                .filter(migration -> migration.getFilename().startsWith(prefix))
                .filter(migration -> List.of(suffixes).stream()
                        .anyMatch(suffix -> migration.getFilename().endsWith(suffix)))
                .toList();
    }

    private static final class Migration extends LoadableResource {

        private final String file;

        private Migration(String file) {
            this.file = file;
        }

        @Override
        public Reader read() {
            InputStream stream = CatalogMigrations.class.getResourceAsStream("/" + getRelativePath());
            return new InputStreamReader(
                    Objects.requireNonNull(stream, "the migration is part of the program"), StandardCharsets.UTF_8);
        }

        @Override
        public String getAbsolutePath() {
            return "classpath:" + getRelativePath();
        }

        @Override
        public String getAbsolutePathOnDisk() {
            return getAbsolutePath();
        }

        @Override
        public String getFilename() {
            return file;
        }

        @Override
        public String getRelativePath() {
            return "db/catalog/" + file;
        }
    }
}
