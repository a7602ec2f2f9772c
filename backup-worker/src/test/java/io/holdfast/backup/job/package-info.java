/** Tests of the service as a whole: a real broker, a real database of its own, real servers to back up. */
@NullMarked
package io.holdfast.backup.job;

import org.jspecify.annotations.NullMarked;
