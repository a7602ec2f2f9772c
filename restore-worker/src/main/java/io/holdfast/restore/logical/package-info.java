/** Restoring dumps, or chosen schemas and tables of them, into databases of a running server. */
@NullMarked
package io.holdfast.restore.logical;

import org.jspecify.annotations.NullMarked;
