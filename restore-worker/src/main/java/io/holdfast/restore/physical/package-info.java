/**
 * Restoring the files of a cluster, into an empty directory or over what differs, and recovering them. Needs no Kafka and
 * no service: start at {@link io.holdfast.restore.physical.PhysicalRestore}.
 */
@NullMarked
package io.holdfast.restore.physical;

import org.jspecify.annotations.NullMarked;
