/** Sandboxes with real servers in them. */
@NullMarked
package io.holdfast.restore.sandbox;

import org.jspecify.annotations.NullMarked;
