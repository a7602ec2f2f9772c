package io.holdfast.scheduler.configuration;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.events.BackupKind;
import io.holdfast.events.RepositoryId;
import io.holdfast.events.TargetId;
import io.holdfast.events.definition.LogicalDumps;
import io.holdfast.events.definition.NotificationsDefined;
import io.holdfast.events.definition.PostgresServer;
import io.holdfast.events.definition.RepositoryDefined;
import io.holdfast.events.definition.WalArchiving;
import io.holdfast.scheduler.schedule.CronSchedule;
import io.holdfast.scheduler.schedule.TargetSchedule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigurationTest {

    static final String LEAST = """
            # holdfast.yaml, the least that works; everything else has a documented default
            repositories:
              main: { url: "file:///srv/holdfast" }
            targets:
              orders:
                postgres: { host: 127.0.0.1, port: 5432, user: backup, password: "env:ORDERS_PASSWORD" }
                repository: main
                schedule: { full: "0 2 * * *", logical: "0 3 * * *", time_zone: UTC }
            notifications:
              email: { smtp: "smtp://127.0.0.1:25", from: holdfast@example.org, to: [ops@example.org] }
            """;

    @Test
    void the_least_that_works_is_accepted_with_its_defaults() {
        Configuration configuration = accepted(LEAST);

        assertThat(configuration.repositories())
                .isEqualTo(Map.of(
                        new RepositoryId("main"),
                        new RepositoryDefined(new RepositoryId("main"), 0, "file:///srv/holdfast")));
        ConfiguredTarget orders = Objects.requireNonNull(configuration.targets().get(new TargetId("orders")));
        assertThat(orders.postgres())
                .isEqualTo(new PostgresServer(
                        "127.0.0.1",
                        5432,
                        "backup",
                        "env:ORDERS_PASSWORD",
                        "postgres",
                        "prefer",
                        null,
                        null,
                        null,
                        false,
                        null));
        assertThat(orders.repository()).isEqualTo(new RepositoryId("main"));
        assertThat(orders.wal()).isEqualTo(new WalArchiving(true));
        assertThat(configuration.schedules())
                .containsExactly(
                        schedule(BackupKind.FULL, "0 2 * * *", "UTC"),
                        schedule(BackupKind.LOGICAL, "0 3 * * *", "UTC"));
        assertThat(configuration.email())
                .isEqualTo(new NotificationsDefined.Email(
                        "smtp://127.0.0.1:25",
                        "holdfast@example.org",
                        List.of("ops@example.org"),
                        null,
                        null,
                        "optional"));
    }

    @Test
    void every_option_is_taken_over() {
        Configuration configuration = accepted("""
                repositories:
                  main: { url: "file:///srv/holdfast" }
                  cloud:
                    url: "s3://bucket/prefix?region=us-east-1&endpoint=http://127.0.0.1:7480&path_style=true"
                    access_key: "env:S3_ACCESS_KEY"
                    secret_key: "file:/run/secrets/s3"
                    object_lock: { mode: governance, days: 35 }
                    encryption:
                      openpgp_recipients: ["file:/etc/holdfast/backup.asc", "env:ESCROW"]
                      openpgp_secret_keys: "file:/etc/holdfast/restore.asc"
                      openpgp_passphrase: "env:RESTORE_PASSPHRASE"
                      passphrase: "env:PASSPHRASE"
                      index_key: "file:/etc/holdfast/index.key"
                      earlier_index_keys: ["file:/etc/holdfast/index-2025.key", "env:HOLDFAST_INDEX_KEY"]
                      aws_kms:
                        keys: "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
                        endpoint: "https://kms.example.org"
                        access_key: "env:KMS_ACCESS_KEY"
                        secret_key: "env:KMS_SECRET_KEY"
                targets:
                  orders:
                    postgres:
                      host: db1.example.org
                      port: 6432
                      user: backup
                      password: "file:/run/secrets/orders"
                      database: orders
                      ssl_mode: verify-full
                      ssl_root_cert: "file:/etc/holdfast/ca.pem"
                      ssl_cert: "file:/etc/holdfast/client.pem"
                      ssl_key: "env:CLIENT_KEY"
                      allow_cleartext: true
                      max_rate: 50MB
                    repository: main
                    logical:
                      jobs: 4
                      databases: ["shop*", '"Größe; $(x)"']
                      exclude_databases: "*_test"
                      schemas: [shop, hr]
                      exclude_schemas: scratch
                      tables: shop.*
                      exclude_tables: "*.tmp_*"
                      exclude_table_data: shop.sessions
                    wal: { stream: false, archive_token: "env:ARCHIVE_TOKEN" }
                    schedule: { full: "30 1 * * 0", time_zone: Europe/Zurich }
                notifications:
                  email:
                    smtp: "smtps://mail.example.org:465"
                    from: holdfast@example.org
                    to: ops@example.org
                    username: holdfast
                    password: "env:SMTP_PASSWORD"
                    start_tls: required
                """);

        assertThat(configuration.repositories().get(new RepositoryId("cloud")))
                .isEqualTo(new RepositoryDefined(
                        new RepositoryId("cloud"),
                        0,
                        "s3://bucket/prefix?region=us-east-1&endpoint=http://127.0.0.1:7480&path_style=true",
                        "env:S3_ACCESS_KEY",
                        "file:/run/secrets/s3",
                        new RepositoryDefined.ObjectLock("governance", 35),
                        new RepositoryDefined.Encryption(
                                List.of("file:/etc/holdfast/backup.asc", "env:ESCROW"),
                                List.of("file:/etc/holdfast/restore.asc"),
                                "env:RESTORE_PASSPHRASE",
                                "env:PASSPHRASE",
                                "file:/etc/holdfast/index.key",
                                List.of("file:/etc/holdfast/index-2025.key", "env:HOLDFAST_INDEX_KEY"),
                                new RepositoryDefined.AwsKms(
                                        List.of(
                                                "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"),
                                        "https://kms.example.org",
                                        "env:KMS_ACCESS_KEY",
                                        "env:KMS_SECRET_KEY"))));
        ConfiguredTarget orders = Objects.requireNonNull(configuration.targets().get(new TargetId("orders")));
        assertThat(orders.postgres())
                .isEqualTo(new PostgresServer(
                        "db1.example.org",
                        6432,
                        "backup",
                        "file:/run/secrets/orders",
                        "orders",
                        "verify-full",
                        "file:/etc/holdfast/ca.pem",
                        "file:/etc/holdfast/client.pem",
                        "env:CLIENT_KEY",
                        true,
                        50 * 1024));
        assertThat(orders.logical())
                .isEqualTo(new LogicalDumps(
                        4,
                        List.of("shop*", "\"Größe; $(x)\""),
                        List.of("*_test"),
                        List.of("shop", "hr"),
                        List.of("scratch"),
                        List.of("shop.*"),
                        List.of("*.tmp_*"),
                        List.of("shop.sessions")));
        assertThat(orders.wal()).isEqualTo(new WalArchiving(false, "env:ARCHIVE_TOKEN"));
        assertThat(orders.schedules()).containsExactly(schedule(BackupKind.FULL, "30 1 * * 0", "Europe/Zurich"));
        assertThat(configuration.email())
                .isEqualTo(new NotificationsDefined.Email(
                        "smtps://mail.example.org:465",
                        "holdfast@example.org",
                        List.of("ops@example.org"),
                        "holdfast",
                        "env:SMTP_PASSWORD",
                        "required"));
    }

    @Test
    void a_host_may_be_the_folder_of_a_local_socket() {
        Configuration configuration = accepted(LEAST.replace("host: 127.0.0.1", "host: /var/run/postgresql"));

        ConfiguredTarget orders = Objects.requireNonNull(configuration.targets().get(new TargetId("orders")));
        assertThat(orders.postgres().host()).isEqualTo("/var/run/postgresql");
    }

    @Test
    void a_cluster_may_have_several_members() {
        Configuration configuration = accepted(LEAST.replace(
                "host: 127.0.0.1, port: 5432", "hosts: [\"db1.example.org:6432\", db2.example.org, \"[::1]:5433\"]"));

        ConfiguredTarget orders = Objects.requireNonNull(configuration.targets().get(new TargetId("orders")));
        assertThat(orders.postgres().host()).isEqualTo("db1.example.org");
        assertThat(orders.postgres().port()).isEqualTo(6432);
        assertThat(orders.postgres().hosts())
                .containsExactly("db1.example.org:6432", "db2.example.org:5432", "[::1]:5433");
    }

    @Test
    void nothing_may_be_defined_on_purpose() {
        assertThat(accepted("repositories: {}\ntargets: {}\n").schedules()).isEmpty();
    }

    /** Each row changes one piece of the least configuration: what is replaced, by what, what stands where it goes wrong, what is said, what is advised. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '^',
            value = {
                "repositories:         | repositorys:      | repositorys  | `repositorys` is not known in the file | did you mean `repositories`?",
                "user: backup          | usr: backup       | usr: | `usr` is not known in targets.orders.postgres | did you mean `user`?",
                "user: backup          | usr: backup       | { host | `user` is missing in targets.orders.postgres | REPLICATION",
                "port: 5432            | port: \"5432\"    | \"5432\" | targets.orders.postgres.port is not a number from 1 to 65535 | without quotes",
                "port: 5432            | port: 70000       | 70000 | targets.orders.postgres.port is not a number | without quotes",
                "port: 5432            | port: 0x1538      | 0x1538 | targets.orders.postgres.port is not a number | without quotes",
                "port: 5432            | port: [5432]      | [5432] | targets.orders.postgres.port is not a number | without quotes",
                "user: backup          | user: 4711        | 4711 | targets.orders.postgres.user is not text | in quotes",
                "user: backup          | user: \"\"        | \"\" | targets.orders.postgres.user is empty | give it a value",
                "host: 127.0.0.1       | host: \"a b\"     | \"a b\" | targets.orders.postgres.host is not a host name | has a key of its own",
                "host: 127.0.0.1       | host: a, hosts: [b] | host: a | `host` and `hosts` do not stand together | every member",
                "host: 127.0.0.1, port: 5432 | hosts: [\"a b\"] | \"a b\" | targets.orders.postgres.hosts has a member that is no host name | host:port",
                "host: 127.0.0.1, port: 5432 | hosts: [] | [] | targets.orders.postgres.hosts does not name 1 to 16 members | standbys",
                "repository: main      | repository: main\\n    wal: { strem: true } | strem | `strem` is not known in targets.orders.wal | did you mean `stream`?",
                "env:ORDERS_PASSWORD   | hunter2           | \"hunter2 | targets.orders.postgres.password is not a reference to a secret | env:NAME",
                "env:ORDERS_PASSWORD   | file:secret       | \"file:secret | targets.orders.postgres.password is not a reference to a secret | file:/absolute/path",
                "user: backup          | user: b, ssl_mode: verify_full | verify_full | ssl_mode does not know `verify_full` | did you mean `verify-full`?",
                "user: backup          | user: b, ssl_cert: \"env:A\"  | \"env:A | ssl_cert and ssl_key belong together | give both",
                "user: backup          | user: b, allow_cleartext: yes | yes | allow_cleartext is neither true nor false | write true or false",
                "user: backup          | user: b, max_rate: 5          | 5, pass | max_rate is not text | quotes",
                "user: backup          | user: b, max_rate: 5MB/s      | 5MB | max_rate is not a size | 50MB",
                "user: backup          | user: b, max_rate: 2GB        | 2GB | max_rate is not between 32kB and 1GB | 50MB",
                "repository: main      | repository: main\\n    logical: { jobs: 9 } | 9 } | targets.orders.logical.jobs is not a number from 1 to 8 | without quotes",
                "repository: main      | repository: main\\n    logical: { schemes: [a] } | schemes | `schemes` is not known in targets.orders.logical | did you mean `schemas`?",
                "repository: main      | repository: main\\n    logical: { tables: [a.b, 'a.\"b'] } | 'a. | logical.tables has a double quote without its partner | pg_dump",
                "repository: main      | repository: main\\n    logical: { schemas: ['', a] } | '' | logical.schemas is empty | give it a value",
                "repository: main      | repository: main\\n    logical: { databases: [] } | [] | logical.databases names nothing | leave the key out",
                "repository: main      | repository: mian  | mian | there is no repository `mian` | did you mean `main`?",
                "repository: main      | repository: cloud | cloud | there is no repository `cloud` | known: main",
                "repository: main      | repositories: [main, mian] | mian | there is no repository `mian` | did you mean `main`?",
                "repository: main      | repositories: [] | [] | targets.orders.repositories names nothing | known: main",
                "repository: main      | repositories: [main, main] | main] | the repository `main` stands there twice | known: main",
                "repository: main      | repository: main\\n    repositories: [main] | repository: main | stand there together | the first of them",
                "repository: main      | port: 1 | postgres: | `repository` is missing | known: main",
                "main: {                | all: {            | all: | no repository can be called `all` | another name",
                "\"0 2 * * *\"           | { mian: \"0 2 * * *\" } | mian | `mian` is not known in targets.orders.schedule.full | did you mean `main`?",
                "\"0 2 * * *\"           | {} | {} | targets.orders.schedule.full names nothing | leave it out",
                "0 2 * * *             | 0 25 * * *        | \"0 25 | targets.orders.schedule.full is not valid | minute, hour",
                "0 2 * * *             | 0 2 * *           | \"0 2 | targets.orders.schedule.full has 4 fields instead of 5 | minute, hour",
                "0 3 * * *             | 0 3 30 2 *        | \"0 3 30 | targets.orders.schedule.logical never comes due | minute, hour",
                "time_zone: UTC        | time_zone: Europe/Zürich | Europe | does not know the time zone | IANA",
                "time_zone: UTC        | tz: UTC           | tz: | `tz` is not known in targets.orders.schedule | known here: full, incremental, logical, time_zone",
                "file:///srv/holdfast  | ftp://bucket      | \"ftp | repositories.main.url is none of file:, s3: and azblob: | file:///srv/holdfast",
                "file:///srv/holdfast  | s3:///prefix      | \"s3 | repositories.main.url does not name a bucket | s3://bucket/prefix",
                "file:///srv/holdfast  | s3://k:geheim@bucket | \"s3 | repositories.main.url holds a login, which has keys of its own | s3://bucket/prefix",
                "file:///srv/holdfast\" | s3://bucket\", access_key: \"env:A\" | \"env:A | access_key and secret_key belong together | give both",
                "file:///srv/holdfast\" | s3://bucket\", access_key: geheim, secret_key: \"env:B\" | geheim | access_key is not a reference to a secret | env:NAME",
                "file:///srv/holdfast\" | s3://bucket\", object_lock: { mode: strict, days: 3 } | strict | object_lock.mode does not know `strict` | governance, compliance",
                "file:///srv/holdfast\" | s3://bucket\", object_lock: { mode: compliance } | { mode: c | `days` is missing in repositories.main.object_lock | days: 35",
                "file:///srv/holdfast\" | s3://bucket\", object_lock: { mode: compliance, days: 0 } | 0 } | object_lock.days is not a number from 1 to 36500 | without quotes",
                "file:///srv/holdfast\" | file:///srv/holdfast\", object_lock: { mode: compliance, days: 3 } | object_lock | a folder cannot lock its files | Object Lock",
                "file:///srv/holdfast\" | file:///srv/holdfast\", encryption: { index_key: \"env:I\" } | { index_key | encryption names nobody who could read the backups | openpgp_recipients",
                "file:///srv/holdfast\" | file:///srv/holdfast\", encryption: { passphrase: geheim } | geheim | encryption.passphrase is not a reference to a secret | env:NAME",
                "file:///srv/holdfast\" | file:///srv/holdfast\", encryption: { aws_kms: { endpoint: \"https://kms\" } } | { endpoint | `keys` is missing in repositories.main.encryption.aws_kms | arn:aws:kms",
                "file:///srv/holdfast\" | file:///srv/holdfast\", encryption: { aws_kms: { keys: \"arn\", endpoint: \"https://me:geheim@kms\" } } | \"https://me | aws_kms.endpoint is not the address of a service | leave it out",
                "file:///srv/holdfast\" | file:///srv/holdfast\", encryption: { aws_kms: { keys: \"arn\", access_key: \"env:A\" } } | \"env:A | access_key and secret_key belong together | give both",
                "file:///srv/holdfast\" | file:///srv/holdfast\", encryption: { openpgp_recipients: [geheim] } | geheim | openpgp_recipients is not a reference to a secret | env:NAME",
                "file:///srv/holdfast  | file:srv          | \"file:srv | repositories.main.url does not name an absolute folder | file:///srv/holdfast",
                "file:///srv/holdfast  | file://host/srv   | \"file://host | repositories.main.url does not name an absolute folder | file:///srv/holdfast",
                "orders:               | Orders:           | Orders | `Orders` cannot be a name | lower-case",
                "smtp://127.0.0.1:25   | http://127.0.0.1  | \"http | notifications.email.smtp is neither smtp: nor smtps: | smtp://host:25",
                "smtp://127.0.0.1:25   | smtp://u:geheim@h | \"smtp | notifications.email.smtp holds a login | smtp://host:25",
                "to: [ops@example.org] | to: []            | []   | notifications.email.to names nobody | ops@example.org",
                "to: [ops@example.org] | to: [ops]         | [ops] | notifications.email.to is not a mail address | ops@example.org",
                "holdfast@example.org  | Holdfast <h@example.org> | Holdfast < | notifications.email.from is not a mail address | ops@example.org",
            })
    void what_is_wrong_is_told_with_its_place_and_what_to_do(
            String replaced, String by, String place, String what, String hint) {
        String text = LEAST.replace(replaced, by.replace("\\n", "\n"));
        assertThat(text).isNotEqualTo(LEAST);
        String before = text.substring(0, text.indexOf(place));
        long line = before.lines().count() + (before.endsWith("\n") || before.isEmpty() ? 1 : 0);
        int column = before.length() - before.lastIndexOf('\n');

        assertThat(refused(text)).anySatisfy(problem -> {
            assertThat(problem.line() + ":" + problem.column()).isEqualTo(line + ":" + column);
            assertThat(problem.what()).contains(what);
            assertThat(problem.hint()).contains(hint);
        });
    }

    @Test
    void a_target_of_several_repositories_has_a_schedule_for_each() {
        String several = LEAST.replace("targets:", "  cloud: { url: \"s3://bucket\" }\ntargets:")
                .replace("repository: main", "repositories: [main, cloud]");

        ConfiguredTarget orders = accepted(several).targets().get(new TargetId("orders"));

        assertThat(Objects.requireNonNull(orders).repository()).isEqualTo(new RepositoryId("main"));
        assertThat(orders.defined().repositories())
                .containsExactly(new RepositoryId("main"), new RepositoryId("cloud"));
        assertThat(orders.schedules())
                .containsExactly(
                        schedule(BackupKind.FULL, "main", "0 2 * * *", "UTC"),
                        schedule(BackupKind.FULL, "cloud", "0 2 * * *", "UTC"),
                        schedule(BackupKind.LOGICAL, "main", "0 3 * * *", "UTC"),
                        schedule(BackupKind.LOGICAL, "cloud", "0 3 * * *", "UTC"));
    }

    @Test
    void a_kind_may_have_a_time_for_each_repository_or_only_for_some() {
        String several = LEAST.replace("targets:", "  cloud: { url: \"s3://bucket\" }\ntargets:")
                .replace("repository: main", "repositories: [main, cloud]")
                .replace("full: \"0 2 * * *\"", "full: { main: \"0 2 * * *\", cloud: \"0 4 * * 0\" }")
                .replace("logical: \"0 3 * * *\"", "logical: { cloud: \"0 3 * * *\" }");

        assertThat(accepted(several).schedules())
                .containsExactly(
                        schedule(BackupKind.FULL, "main", "0 2 * * *", "UTC"),
                        schedule(BackupKind.FULL, "cloud", "0 4 * * 0", "UTC"),
                        schedule(BackupKind.LOGICAL, "cloud", "0 3 * * *", "UTC"));
    }

    @Test
    void a_target_of_one_repository_is_defined_as_ever() {
        ConfiguredTarget orders = accepted(LEAST).targets().get(new TargetId("orders"));

        assertThat(Objects.requireNonNull(orders).defined().repositories()).isNull();
    }

    @Test
    void a_repository_without_encryption_is_warned_about_unless_that_was_written_down() {
        String none = LEAST.replace("holdfast\" }", "holdfast\", encryption: none }");

        assertThat(((ParsedConfiguration.Accepted) Configuration.parse(LEAST)).warnings())
                .singleElement()
                .satisfies(warning -> assertThat(warning.describe("holdfast.yaml"))
                        .startsWith("holdfast.yaml:3:9: what is stored in the repository `main` is NOT encrypted")
                        .contains("encryption: none"));
        assertThat(((ParsedConfiguration.Accepted) Configuration.parse(none)).warnings())
                .isEmpty();
        assertThat(accepted(none).repositories().values())
                .extracting(RepositoryDefined::encryption)
                .containsOnlyNulls();
        assertThat(refused(LEAST.replace("holdfast\" }", "holdfast\", encryption: nonne }")))
                .isNotEmpty();
    }

    @Test
    void encryption_needs_a_reader_and_says_where_the_index_key_is_looked_for() {
        String encrypted = LEAST.replace(
                "holdfast\" }",
                "holdfast\", encryption: { openpgp_recipients: [\"file:/etc/holdfast/backup.asc\"] } }");

        assertThat(accepted(encrypted).repositories().values())
                .extracting(RepositoryDefined::encryption)
                .containsExactly(new RepositoryDefined.Encryption(
                        List.of("file:/etc/holdfast/backup.asc"), List.of(), null, null, "env:HOLDFAST_INDEX_KEY"));
    }

    @Test
    void a_login_at_the_mail_server_needs_tls_unless_told_otherwise() {
        String login = LEAST.replace("from:", "username: u, password: \"env:SMTP_PASSWORD\", from:");

        assertThat(accepted(login).email())
                .isNotNull()
                .extracting(NotificationsDefined.Email::startTls)
                .isEqualTo("required");
        assertThat(accepted(login.replace("from:", "start_tls: optional, from:"))
                        .email())
                .isNotNull()
                .extracting(NotificationsDefined.Email::startTls)
                .isEqualTo("optional");
    }

    @Test
    void a_password_written_out_is_refused_and_never_repeated() {
        String text = LEAST.replace("env:ORDERS_PASSWORD", "hunter2")
                .replace("smtp://127.0.0.1:25", "smtp://holdfast:geheim@127.0.0.1:25");

        assertThat(refused(text))
                .hasSize(2)
                .noneSatisfy(
                        problem -> assertThat(problem.describe("holdfast.yaml")).containsAnyOf("hunter2", "geheim"));
    }

    @Test
    void everything_wrong_is_told_at_once_in_the_order_of_the_text() {
        List<ConfigurationProblem> problems = refused("""
                repositories:
                  main: { url: "https://example.org" }
                targets:
                  orders:
                    postgres: { hots: 127.0.0.1, port: no }
                    repository: man
                    schedule: { full: "hourly" }
                notification: {}
                """);

        assertThat(problems.stream().map(problem -> problem.describe("holdfast.yaml")))
                .satisfiesExactly(
                        said -> assertThat(said)
                                .startsWith("holdfast.yaml:2:16: repositories.main.url")
                                .contains(". HINT: "),
                        said -> assertThat(said).startsWith("holdfast.yaml:5:15: `host` is missing"),
                        said -> assertThat(said).startsWith("holdfast.yaml:5:15: `user` is missing"),
                        said -> assertThat(said).startsWith("holdfast.yaml:5:17: `hots` is not known"),
                        said -> assertThat(said).startsWith("holdfast.yaml:5:40: targets.orders.postgres.port"),
                        said -> assertThat(said).startsWith("holdfast.yaml:6:17: there is no repository `man`"),
                        said -> assertThat(said)
                                .startsWith("holdfast.yaml:7:23: targets.orders.schedule.full has 1 fields"),
                        said -> assertThat(said).startsWith("holdfast.yaml:8:1: `notification` is not known"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''                                     | 1:1 | the file is empty",
                "'# only a comment'                     | 1:1 | the file is empty",
                "just a text                            | 1:1 | the file has to be a mapping",
                "'repositories: {}'                     | 1:1 | `targets` is missing in the file",
                "'a: b: c'                              | 1:5 | not valid YAML",
                "'targets: [unclosed'                   | 1:19 | not valid YAML",
                "'repositories: !!java.net.URL {}'      | 1:1 | `targets` is missing in the file",
                "'targets: *nowhere'                    | 1:10 | not valid YAML",
                "'{ targets: {}, targets: {} }'         | 1:16 | `targets` stands twice in the file",
                "'? [a]\n: b'                           | 1:3 | a key of the file is not text",
                "'repositories: []'                     | 1:15 | repositories has to be a mapping"
            })
    void a_text_that_is_no_configuration_is_refused_where_it_goes_wrong(String text, String place, String what) {
        assertThat(refused(text)).anySatisfy(problem -> {
            assertThat(problem.line() + ":" + problem.column()).isEqualTo(place);
            assertThat(problem.what()).contains(what);
        });
    }

    @Test
    void a_small_text_that_unfolds_without_end_is_refused_or_read_in_no_time() {
        String bomb = "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nrepositories: &r { main: *r }\ntargets: *c\n";

        assertThat(refused(bomb)).isNotEmpty();
    }

    @Test
    void every_example_of_the_reference_is_accepted_and_every_option_is_in_it() throws IOException {
        String reference = Files.readString(Path.of("..", "docs", "configuration.md"));

        List<String> examples = Pattern.compile("```yaml\\n(.*?)```", Pattern.DOTALL)
                .matcher(reference)
                .results()
                .map(found -> found.group(1))
                .toList();

        assertThat(examples)
                .hasSize(2)
                .allSatisfy(example ->
                        assertThat(Configuration.parse(example)).isInstanceOf(ParsedConfiguration.Accepted.class));
        assertThat(Stream.of(
                                RepositoryReader.KEYS,
                                RepositoryReader.LOCK_KEYS,
                                RepositoryReader.DELETION_KEYS,
                                RetentionReader.KEYS,
                                EncryptionReader.KEYS,
                                EncryptionReader.AWS_KMS_KEYS,
                                TargetReader.KEYS,
                                TargetReader.WAL_KEYS,
                                PostgresReader.KEYS,
                                LogicalReader.KEYS,
                                DrillReader.KEYS,
                                EmailReader.KEYS,
                                NotificationsReader.KEYS,
                                NotificationsReader.SLACK_KEYS,
                                NotificationsReader.PAGERDUTY_KEYS,
                                NotificationsReader.WEBHOOK_KEYS,
                                NotificationsReader.SYSLOG_KEYS,
                                RouteReader.KEYS,
                                RouteReader.CONTACT_KEYS)
                        .flatMap(List::stream))
                .allSatisfy(key -> {
                    assertThat(reference).contains("| `" + key + "` |");
                    assertThat(examples.getLast()).contains(key + ":");
                });
    }

    private static TargetSchedule schedule(BackupKind kind, String cron, String zone) {
        return schedule(kind, "main", cron, zone);
    }

    private static TargetSchedule schedule(BackupKind kind, String repository, String cron, String zone) {
        return new TargetSchedule(
                new TargetId("orders"), kind, new RepositoryId(repository), CronSchedule.of(cron, ZoneId.of(zone)));
    }

    private static Configuration accepted(String text) {
        return switch (Configuration.parse(text)) {
            case ParsedConfiguration.Accepted accepted -> accepted.configuration();
            case ParsedConfiguration.Refused refused -> throw new AssertionError(refused.problems());
        };
    }

    private static List<ConfigurationProblem> refused(String text) {
        return switch (Configuration.parse(text)) {
            case ParsedConfiguration.Accepted accepted -> throw new AssertionError("accepted: " + accepted);
            case ParsedConfiguration.Refused refused -> refused.problems();
        };
    }
}
