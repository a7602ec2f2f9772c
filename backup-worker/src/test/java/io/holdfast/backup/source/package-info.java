/** Tests of what an attempt needs of its own host. */
@NullMarked
package io.holdfast.backup.source;

import org.jspecify.annotations.NullMarked;
