/** Keeps the repository honest: reads back what was stored and says whether it is whole. */
@NullMarked
package io.holdfast.verifier;

import org.jspecify.annotations.NullMarked;
