/** When deliveries are tried again. */
@NullMarked
package io.holdfast.notifier.delivery;

import org.jspecify.annotations.NullMarked;
