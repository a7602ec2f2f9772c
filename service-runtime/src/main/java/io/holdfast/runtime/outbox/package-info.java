/** Events leave through the service's own database: said in the transaction that did the work, relayed to Kafka in order. */
@NullMarked
package io.holdfast.runtime.outbox;

import org.jspecify.annotations.NullMarked;
