/** How numbers, names and headers are laid out in binary objects: big endian, with bounds checked before memory is taken. */
@NullMarked
package io.holdfast.repository.encoding;

import org.jspecify.annotations.NullMarked;
