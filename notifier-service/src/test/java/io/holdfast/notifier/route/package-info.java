/** Who is told of what. */
@NullMarked
package io.holdfast.notifier.route;

import org.jspecify.annotations.NullMarked;
