package io.holdfast.backup.dump;

import io.holdfast.backup.source.DatabaseList;
import io.holdfast.backup.source.DatabaseList.Database;
import io.holdfast.backup.source.UnusableDefinitionException;
import io.holdfast.repository.index.FilePath;
import io.holdfast.repository.manifest.BackupContent.DumpedDatabase;
import io.holdfast.repository.manifest.NotedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a logical backup will hold. Pure.
 *
 * @param databases each with the file its dump becomes
 * @param rolePasswords whether the hashes of the roles' passwords come along
 * @param exceptions what is known beforehand to be left out
 */
record DumpPlan(List<DumpedDatabase> databases, boolean rolePasswords, List<NotedException> exceptions) {
    /** Roles and other globals. */
    static final FilePath GLOBALS = new FilePath("globals.sql");

    // Others could be told apart by case alone, or be no good as a file's name.
    private static final Pattern GOOD_AS_FILE_NAME = Pattern.compile("[a-z0-9_]{1,63}");

    DumpPlan {
        databases = List.copyOf(databases);
        exceptions = List.copyOf(exceptions);
    }

    /** @throws UnusableDefinitionException if the selection leaves nothing, or names what is not there */
    static DumpPlan of(DatabaseList server, DumpSelection selection) throws UnusableDefinitionException {
        List<DumpedDatabase> databases = selection.databases(server).stream()
                .map(each -> new DumpedDatabase(each.name(), file(each)))
                .toList();
        List<NotedException> exceptions = new ArrayList<>();
        if (!server.rolePasswordsReadable()) {
            exceptions.add(new NotedException(
                    "role_passwords_left_out",
                    Optional.of(GLOBALS),
                    "The role that dumps may not read pg_authid, so restored roles have no passwords."));
        }
        server.leftOut().forEach((name, why) -> {
            if (!selection.excludes(name)) {
                exceptions.add(leftOut(name, why));
            }
        });
        server.databases().stream()
                .map(Database::name)
                .filter(selection::excludes)
                .forEach(name -> exceptions.add(leftOut(name, "The target leaves it out.")));
        if (!selection.within().isEmpty()) {
            exceptions.add(new NotedException(
                    "dump_filtered",
                    Optional.empty(),
                    "Of each database the target chooses: " + selection.within() + "."));
        }
        return new DumpPlan(databases, server.rolePasswordsReadable(), exceptions);
    }

    private static NotedException leftOut(String name, String why) {
        return new NotedException(
                "database_left_out", Optional.empty(), "The database " + name + " is not dumped. " + why);
    }

    private static FilePath file(Database database) {
        return new FilePath(
                GOOD_AS_FILE_NAME.matcher(database.name()).matches()
                        ? "databases/" + database.name() + ".dump"
                        : "databases/oid-" + database.oid() + ".dump");
    }
}
