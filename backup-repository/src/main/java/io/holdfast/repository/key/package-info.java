/** Keys: who may read what is sealed, how keys are wrapped for them, and how they are found again. */
@NullMarked
package io.holdfast.repository.key;

import org.jspecify.annotations.NullMarked;
