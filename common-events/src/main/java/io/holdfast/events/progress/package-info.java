/** How running work gets on, and who is there to do it. */
@NullMarked
package io.holdfast.events.progress;

import org.jspecify.annotations.NullMarked;
