package io.holdfast.backup.dump;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.backup.replication.TlsMode;
import io.holdfast.backup.replication.TlsSettings;
import io.holdfast.backup.source.DatabaseList;
import io.holdfast.backup.source.DatabaseList.Database;
import io.holdfast.backup.source.SourceServer;
import io.holdfast.backup.source.UnusableDefinitionException;
import io.holdfast.backup.tool.PostgresInstallation;
import io.holdfast.backup.tool.ToolCommand;
import io.holdfast.backup.tool.ToolException;
import io.holdfast.backup.tool.ToolVersion;
import io.holdfast.repository.manifest.BackupContent.DumpedDatabase;
import io.holdfast.repository.manifest.NotedException;
import io.holdfast.runtime.secrets.Secret;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DumpPartsTest {
    @ParameterizedTest
    @ValueSource(
            strings = {"-oX", "--file=/etc/passwd", "a;$(x)", "it's", "sp ace", "new\nline", "host=elsewhere", "größe"})
    void no_name_can_be_anything_but_a_name_in_the_arguments(String name) throws Exception {
        ToolCommand command = commands(15, TlsMode.PREFER).database(name, null);

        assertThat(command.arguments())
                .allMatch(argument -> argument.startsWith("--"))
                .allMatch(argument -> argument.matches("[A-Za-z0-9:/?&=%._-]+"));
        assertThat(command.arguments().stream().filter(argument -> argument.startsWith("--dbname=")))
                .hasSize(1);
    }

    @Test
    void neither_arguments_nor_environment_hold_the_password() throws Exception {
        ToolCommand command = commands(17, TlsMode.REQUIRE).globals(true, Path.of("/run/holdfast/pass"));

        assertThat(command.toString()).doesNotContain("s3cr:et");
        assertThat(command.environment())
                .containsAllEntriesOf(Map.of(
                        "PGPASSFILE", "/run/holdfast/pass", "PGSSLMODE", "require", "PGREQUIREAUTH", "!password,!md5"));
    }

    @Test
    void programs_that_cannot_refuse_clear_text_are_bound_to_the_channel_or_refused() throws Exception {
        assertThat(environment(commands(15, TlsMode.PREFER))).containsEntry("PGCHANNELBINDING", "require");
        assertThat(environment(commands(16, TlsMode.PREFER))).doesNotContainKey("PGCHANNELBINDING");
        assertThat(environment(commands("127.0.0.1", 15, TlsMode.DISABLE))).doesNotContainKey("PGCHANNELBINDING");
        assertThatThrownBy(() -> environment(commands(15, TlsMode.DISABLE)))
                .isInstanceOf(UnusableDefinitionException.class)
                .hasMessageContaining("clear text to db.example.org")
                .hasMessageContaining("HINT: Install client programs of version 16");
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, 15, true",
        "localhost, 15, true",
        "::1, 15, true",
        "127.0.0.1, 16, false",
        "127.0.0.1.example.org, 15, false",
        "db.example.org, 15, false"
    })
    void only_on_loopback_an_own_login_before_stands_for_what_old_programs_cannot_refuse(
            String host, int major, boolean needed) {
        assertThat(commands(host, major, TlsMode.PREFER).needsOwnLoginFirst()).isEqualTo(needed);
    }

    private static Map<String, String> environment(DumpCommands commands) throws UnusableDefinitionException {
        return commands.database("x", Path.of("/run/holdfast/pass")).environment();
    }

    @Test
    void a_certificate_that_nobody_named_is_looked_for_in_the_system_or_refused() throws Exception {
        assertThat(commands(17, TlsMode.VERIFY_FULL).database("x", null).environment())
                .containsEntry("PGSSLROOTCERT", "system");
        assertThatThrownBy(() -> commands(15, TlsMode.VERIFY_FULL).database("x", null))
                .isInstanceOf(UnusableDefinitionException.class)
                .hasMessageContaining("HINT: ");
    }

    @Test
    void the_password_files_special_characters_are_escaped_and_line_breaks_refused() throws Exception {
        assertThat(PasswordFile.escaped("a:b\\c")).isEqualTo("a\\:b\\\\c");
        assertThatThrownBy(() -> PasswordFile.escaped("s3cret\n"))
                .isInstanceOf(UnusableDefinitionException.class)
                .hasMessageNotContaining("s3cret");
    }

    @Test
    void databases_get_file_names_that_no_file_system_can_mix_up() throws Exception {
        DatabaseList server = new DatabaseList(
                170011,
                List.of(new Database(5, "orders"), new Database(6, "Orders"), new Database(7, "../x")),
                new TreeMap<>(Map.of("half dropped", "It is invalid.")),
                false);

        DumpPlan plan = DumpPlan.of(server, DumpSelection.ALL);

        assertThat(plan.databases())
                .extracting(DumpedDatabase::name, database -> database.file().value())
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("orders", "databases/orders.dump"),
                        org.assertj.core.groups.Tuple.tuple("Orders", "databases/oid-6.dump"),
                        org.assertj.core.groups.Tuple.tuple("../x", "databases/oid-7.dump"));
        assertThat(plan.rolePasswords()).isFalse();
        assertThat(plan.exceptions())
                .extracting(NotedException::what)
                .containsExactly("role_passwords_left_out", "database_left_out");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "shop_*  | shop_1    | true",
                "shop_*  | shop      | false",
                "SHOP    | shop      | true",
                "Shop    | Shop      | false",
                "\"Shop\"  | Shop      | true",
                "\"sh*\"   | shop      | false",
                "\"a\"\"b\"  | a\"b      | true",
                "s?op    | shop      | true",
                "a.b     | axb       | false",
                "a(b$    | a(b$      | true",
            })
    void databases_are_matched_as_psql_matches_names(String pattern, String name, boolean matches) {
        assertThat(new NamePattern(pattern).ofWholeName().matcher(name).matches())
                .isEqualTo(matches);
    }

    @ParameterizedTest
    @CsvSource({
        "größe*, gr\\u00f6\\u00dfe*",
        "\"größe\", \"gr\"\\u00f6\"\"\\u00df\"e\"",
        "\"ö\"\"x\", \"\"\\u00f6\"\"\"x\"",
        "😀, \\U0001f600"
    })
    void patterns_reach_the_program_in_ascii(String pattern, String argument) {
        assertThat(new NamePattern(pattern).inAscii()).isEqualTo(argument);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "PGDMP", "something else"})
    void output_that_is_no_archive_is_noticed(String output) {
        OutputCheck check = OutputCheck.ofArchive("orders");
        byte[] bytes = output.getBytes(StandardCharsets.UTF_8);
        check.take(bytes, bytes.length);

        assertThatThrownBy(check::finish).isInstanceOf(ToolException.BadOutput.class);
    }

    @Test
    void a_script_of_roles_that_was_cut_off_is_noticed() throws Exception {
        String whole = "--\n-- PostgreSQL database cluster dump\n--\n" + "CREATE ROLE x;\n".repeat(1000)
                + "--\n-- PostgreSQL database cluster dump complete\n--\n\n";

        taken(whole, 10).finish();
        taken(whole, 1000).finish();
        OutputCheck cut = taken(whole.substring(0, whole.length() - 60), 7);
        assertThatThrownBy(cut::finish).hasMessageContaining("does not end as one");
    }

    private static OutputCheck taken(String text, int atOnce) {
        OutputCheck check = OutputCheck.ofGlobals();
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < bytes.length; i += atOnce) {
            byte[] part = java.util.Arrays.copyOfRange(bytes, i, Math.min(bytes.length, i + atOnce));
            check.take(part, part.length);
        }
        return check;
    }

    private static DumpCommands commands(int major, TlsMode mode) {
        return commands("db.example.org", major, mode);
    }

    private static DumpCommands commands(String host, int major, TlsMode mode) {
        return new DumpCommands(
                new PostgresInstallation(Path.of("/usr/lib/pg/bin"), new ToolVersion(major, 1, major + ".1")),
                new SourceServer(host, 5432, "backup", new Secret("s3cr:et"), "postgres", TlsSettings.of(mode), false),
                DumpSelection.ALL,
                Path.of("/run/holdfast"),
                Duration.ofSeconds(30));
    }
}
