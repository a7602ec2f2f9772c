/** A stored backup as one thing: its entries, the content of one file, a restore, a verification. */
@NullMarked
package io.holdfast.repository.read;

import org.jspecify.annotations.NullMarked;
