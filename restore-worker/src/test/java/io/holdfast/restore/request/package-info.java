/** Tests. */
@NullMarked
package io.holdfast.restore.request;

import org.jspecify.annotations.NullMarked;
