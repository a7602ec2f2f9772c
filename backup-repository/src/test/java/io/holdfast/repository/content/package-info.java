/** Frames of packs, fetched and read ahead. */
@NullMarked
package io.holdfast.repository.content;

import org.jspecify.annotations.NullMarked;
