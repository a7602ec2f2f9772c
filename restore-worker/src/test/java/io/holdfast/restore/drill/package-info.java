/** Drills of real clusters. */
@NullMarked
package io.holdfast.restore.drill;

import org.jspecify.annotations.NullMarked;
