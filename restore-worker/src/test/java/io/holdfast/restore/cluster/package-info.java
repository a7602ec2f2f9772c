/** Tests. */
@NullMarked
package io.holdfast.restore.cluster;

import org.jspecify.annotations.NullMarked;
