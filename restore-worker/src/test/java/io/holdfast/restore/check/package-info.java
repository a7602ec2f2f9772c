/** Tests. */
@NullMarked
package io.holdfast.restore.check;

import org.jspecify.annotations.NullMarked;
