package io.holdfast.restore.physical;

import io.holdfast.events.RestoreId;
import io.holdfast.events.request.RecoveryTarget;
import io.holdfast.events.request.SqlCheck;
import io.holdfast.repository.BackupId;
import io.holdfast.repository.TargetPlace;
import io.holdfast.repository.window.StoredWindow;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A request with defaults. */
final class RequestBuilder {
    private final TargetPlace place;
    private final Path into;
    private RestoreId restore = RestoreId.of("00000000-0000-7000-8000-000000000001");
    private BackupId backup = PhysicalRestoreTest.BACKUP;
    private boolean keepRunning;
    private boolean delta;
    private boolean safetyBackup;
    private boolean acceptDamage;
    private boolean encryptedOnly;
    private @Nullable String role;
    private PhysicalRequest.@Nullable RecoverTo recoverTo;
    private List<SqlCheck> checks = List.of();
    private Map<String, String> tablespaces = Map.of();

    RequestBuilder(TargetPlace place, Path into) {
        this.place = place;
        this.into = into;
    }

    RequestBuilder keepRunning() {
        keepRunning = true;
        return this;
    }

    RequestBuilder delta() {
        delta = true;
        return this;
    }

    RequestBuilder safetyBackup() {
        safetyBackup = true;
        return this;
    }

    RequestBuilder acceptDamage() {
        acceptDamage = true;
        return this;
    }

    RequestBuilder encryptedOnly() {
        encryptedOnly = true;
        return this;
    }

    RequestBuilder recoverTo(RecoveryTarget target, StoredWindow window) {
        recoverTo = new PhysicalRequest.RecoverTo(target, window);
        return this;
    }

    RequestBuilder backup(BackupId id) {
        backup = id;
        return this;
    }

    RequestBuilder role(String name) {
        role = name;
        return this;
    }

    RequestBuilder restore(String id) {
        restore = RestoreId.of(id);
        return this;
    }

    RequestBuilder check(SqlCheck check) {
        return checks(List.of(check));
    }

    RequestBuilder checks(List<SqlCheck> all) {
        checks = all;
        return this;
    }

    RequestBuilder tablespaces(Map<String, String> mapping) {
        tablespaces = mapping;
        return this;
    }

    PhysicalRequest build() {
        return new PhysicalRequest(
                restore,
                place,
                backup,
                into.toString(),
                tablespaces,
                delta,
                keepRunning,
                null,
                checks,
                acceptDamage,
                encryptedOnly,
                role,
                null,
                recoverTo,
                null,
                safetyBackup);
    }
}
