/** Drills that are due, and drills that somebody wants. */
@NullMarked
package io.holdfast.scheduler.drill;

import org.jspecify.annotations.NullMarked;
