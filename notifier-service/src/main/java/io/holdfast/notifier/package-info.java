/** Tells people what went wrong and that it is well again. Follows the log of events; asks nobody. */
@NullMarked
package io.holdfast.notifier;

import org.jspecify.annotations.NullMarked;
