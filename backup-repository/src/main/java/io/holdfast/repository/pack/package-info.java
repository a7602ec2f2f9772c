/** Packs: how pages are put into frames, and frames opened and checked again. */
@NullMarked
package io.holdfast.repository.pack;

import org.jspecify.annotations.NullMarked;
