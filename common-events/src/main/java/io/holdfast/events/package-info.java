/**
 * The contract of Holdfast: what is said on Kafka, by whom, and how it looks on the wire. Records and pure functions
 * only, so that any JVM service can depend on it.
 */
@NullMarked
package io.holdfast.events;

import org.jspecify.annotations.NullMarked;
