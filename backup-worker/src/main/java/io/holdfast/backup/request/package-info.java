/** Requests for backups, as they come from Kafka. */
@NullMarked
package io.holdfast.backup.request;

import org.jspecify.annotations.NullMarked;
