/** A place of its own for a server that nobody has to trust: no network, nothing of the host to write to, gone with its maker. */
@NullMarked
package io.holdfast.restore.sandbox;

import org.jspecify.annotations.NullMarked;
