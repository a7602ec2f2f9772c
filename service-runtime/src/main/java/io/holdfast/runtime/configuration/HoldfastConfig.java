package io.holdfast.runtime.configuration;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * What every service can be told. Each key is also an environment variable: {@code holdfast.database.url} is {@code HOLDFAST_DATABASE_URL}.
 */
@ConfigMapping(prefix = "holdfast")
public interface HoldfastConfig {

    /** The brokers to begin with, {@code host:port} separated by commas. */
    @WithDefault("127.0.0.1:9092")
    String kafka();

    /** The service's own schema of the shared database. */
    Database database();

    /** What this process is called among those of its service. Default: host name and process id. */
    Optional<String> instance();

    /** Restore-workers: the site whose restores they take. */
    Optional<String> site();

    /** Where the service answers health, metrics and its own requests. */
    Http http();

    /** PEM file with the control plane's Ed25519 public key. Without it nothing signed is acted on. */
    Optional<Path> controlPlanePublicKey();

    /** Where a service may keep files while it works. Default: a folder below the system's temporary one. */
    Optional<Path> workDirectory();

    Jobs jobs();

    Outbox outbox();

    Topics topics();

    /** The PostgreSQL database where the service keeps its jobs, inbox and outbox. */
    interface Database {
        /** {@code jdbc:postgresql://host:port/database}. */
        @WithDefault("jdbc:postgresql://127.0.0.1:5432/holdfast")
        String url();

        @WithDefault("holdfast")
        String user();

        Optional<String> password();

        /** The schema that belongs to this service alone; made at the first start. */
        @WithDefault("public")
        String schema();
    }

    /** The address the service listens on. */
    interface Http {
        @WithDefault("127.0.0.1")
        String host();

        /** 0: any free one. */
        @WithDefault("8080")
        int port();
    }

    /** Durable work. */
    interface Jobs {
        /** How many jobs this process works on at the same time. */
        @WithDefault("2")
        int concurrency();

        /** How often a job is tried before its failure is final, while its failures are of a kind that may pass. */
        @WithDefault("3")
        int attempts();

        /** The wait before the second attempt; doubles with each further one. */
        @WithDefault("10s")
        Duration retryDelay();

        /** The longest wait between two attempts. */
        @WithDefault("10m")
        Duration retryDelayLimit();

        /** How often a worker says that it is alive. After four missed ones its jobs go to others. */
        @WithDefault("2s")
        Duration heartbeat();

        /** How often due jobs and cancellations are looked for. */
        @WithDefault("1s")
        Duration polling();

        /** How long running jobs may go on once the process is told to end; then they are given back. */
        @WithDefault("5s")
        Duration shutdownWait();
    }

    /** Events on their way to Kafka. */
    interface Outbox {
        /** How often unpublished events are looked for, beside the wake-up after each commit. */
        @WithDefault("500ms")
        Duration polling();

        /** How long published events are kept in the table. */
        @WithDefault("1d")
        Duration keep();
    }

    /** Topics made at the start where they are missing. */
    interface Topics {
        /** Copies of each partition; -1: the broker's default. */
        @WithDefault("-1")
        short replication();
    }
}
