/** Signed requests to bring a backup back. */
@NullMarked
package io.holdfast.scheduler.restore;

import org.jspecify.annotations.NullMarked;
