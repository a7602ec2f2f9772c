/** Packs and the header that every binary object begins with. */
@NullMarked
package io.holdfast.repository.pack;

import org.jspecify.annotations.NullMarked;
