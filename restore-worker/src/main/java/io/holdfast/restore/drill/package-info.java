/** Drills: a backup is restored in a sandbox, recovered, looked at and measured, and then removed again. */
@NullMarked
package io.holdfast.restore.drill;

import org.jspecify.annotations.NullMarked;
