/** From events to Kafka records and back. */
@NullMarked
package io.holdfast.events.wire;

import org.jspecify.annotations.NullMarked;
