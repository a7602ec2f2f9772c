/** Who is told of what, in which order, and at which hours. */
@NullMarked
package io.holdfast.notifier.route;

import org.jspecify.annotations.NullMarked;
