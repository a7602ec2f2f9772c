/** Tests. */
@NullMarked
package io.holdfast.restore.physical;

import org.jspecify.annotations.NullMarked;
