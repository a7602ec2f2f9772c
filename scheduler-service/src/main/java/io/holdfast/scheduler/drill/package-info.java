/** Drills: asking for them when they are due, and when somebody wants one. */
@NullMarked
package io.holdfast.scheduler.drill;

import org.jspecify.annotations.NullMarked;
