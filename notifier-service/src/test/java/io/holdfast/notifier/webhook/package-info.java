/** Addresses of one's own. */
@NullMarked
package io.holdfast.notifier.webhook;

import org.jspecify.annotations.NullMarked;
