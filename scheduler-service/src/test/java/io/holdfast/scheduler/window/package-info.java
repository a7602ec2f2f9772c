/** Windows: what follows from what was said, and how it is shown. */
@NullMarked
package io.holdfast.scheduler.window;

import org.jspecify.annotations.NullMarked;
