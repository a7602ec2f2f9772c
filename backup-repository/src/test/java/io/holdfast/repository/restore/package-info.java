/** Restoring what was stored, into empty directories and over what is there. */
@NullMarked
package io.holdfast.repository.restore;

import org.jspecify.annotations.NullMarked;
