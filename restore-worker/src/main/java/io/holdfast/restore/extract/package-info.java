/** Brings a part of a cluster back out of a physical backup, into the database of a running server. */
@NullMarked
package io.holdfast.restore.extract;

import org.jspecify.annotations.NullMarked;
