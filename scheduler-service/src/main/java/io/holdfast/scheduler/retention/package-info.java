/** Asks the retention role for runs, consents and holds, each signed. */
@NullMarked
package io.holdfast.scheduler.retention;

import org.jspecify.annotations.NullMarked;
