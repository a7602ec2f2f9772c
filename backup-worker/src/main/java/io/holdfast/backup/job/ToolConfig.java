package io.holdfast.backup.job;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** Where client programs are, as all services that use them are told. */
@ConfigMapping(prefix = "holdfast")
public interface ToolConfig {
    /**
     * PostgreSQL installation folders, each with {@code bin/}, separated by commas; a last {@code *} stands for every
     * folder. After them comes the path.
     */
    @WithDefault("/usr/lib/postgresql/*")
    String postgresInstallations();
}
