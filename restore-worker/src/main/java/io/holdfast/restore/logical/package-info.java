/** Restoring a dump into a new database of a running server. */
@NullMarked
package io.holdfast.restore.logical;

import org.jspecify.annotations.NullMarked;
