/**
 * What every service needs to take part. A service depends on this library, puts its migrations (versions from 1 on) into
 * {@code db/migration}, and says in its {@code application.properties} little more than
 *
 * <pre>{@code
 * quarkus.application.name=backup-worker
 * holdfast.database.schema=backup_worker
 * holdfast.http.port=8081
 * mp.messaging.incoming.backup-requests.connector=smallrye-kafka
 * mp.messaging.incoming.backup-requests.topic=holdfast.backup-requests
 * }</pre>
 *
 * <p>All else has defaults in this library's {@code META-INF/microprofile-config.properties}; {@code HOLDFAST_*}
 * variables override them ({@link io.holdfast.runtime.configuration.HoldfastConfig}).
 *
 * <ul>
 *   <li><b>Take in:</b> {@link io.holdfast.runtime.intake.Intake#take}, from a listener of one line:
 *       {@code @Incoming("backup-requests") @Blocking void on(ConsumerRecord<String, byte[]> r) { intake.take(r, this::handle); }}
 *   <li><b>Work:</b> in the handler {@link io.holdfast.runtime.jobs.Jobs#submit}; one bean of
 *       {@link io.holdfast.runtime.jobs.JobHandler} for each kind does the work and gives the event that ends it. Jobs
 *       begin once definitions are known.
 *   <li><b>Say:</b> {@link io.holdfast.runtime.outbox.Outbox#publish} inside of a transaction. While a job runs:
 *       {@link io.holdfast.runtime.jobs.JobRun#publishNow} and {@link io.holdfast.runtime.jobs.JobRun#progress}.
 *   <li><b>Know:</b> {@link io.holdfast.runtime.definitions.Definitions},
 *       {@link io.holdfast.runtime.secrets.Secrets}, {@link io.holdfast.runtime.identity.Instance}; {@code Clock},
 *       {@code EventIds} and {@code EventCodec} are beans.
 * </ul>
 *
 * <p>In tests: {@code @WithTestResource(ServiceSurroundings.class)} of the test-jar brings a broker, a database and the
 * control plane's keys.
 */
@NullMarked
package io.holdfast.runtime;

import org.jspecify.annotations.NullMarked;
