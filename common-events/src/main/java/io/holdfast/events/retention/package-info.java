/** What the retention role did and found: which backups went and why, which are held, what somebody has to agree to. */
@NullMarked
package io.holdfast.events.retention;

import org.jspecify.annotations.NullMarked;
