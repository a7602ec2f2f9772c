/** Bytes that nobody wrote, for everything that takes bytes apart. */
@NullMarked
package io.holdfast.repository.fuzz;

import org.jspecify.annotations.NullMarked;
