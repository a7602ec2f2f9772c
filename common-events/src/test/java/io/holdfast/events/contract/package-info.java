/** The contract's documents, made from the records, and the proof that they, the codec and the golden files agree. */
@NullMarked
package io.holdfast.events.contract;

import org.jspecify.annotations.NullMarked;
