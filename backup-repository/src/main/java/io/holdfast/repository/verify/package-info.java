/** Reading all that is stored of a backup, and saying what is not as it was written. */
@NullMarked
package io.holdfast.repository.verify;

import org.jspecify.annotations.NullMarked;
