/** Tests. */
@NullMarked
package io.holdfast.restore.logical;

import org.jspecify.annotations.NullMarked;
