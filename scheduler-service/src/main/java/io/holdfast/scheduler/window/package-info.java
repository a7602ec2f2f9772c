/** To which moments each target can be brought back, as far as the log of events tells. */
@NullMarked
package io.holdfast.scheduler.window;

import org.jspecify.annotations.NullMarked;
