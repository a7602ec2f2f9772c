/** What is asked of the retention role, and what is shown of it. */
@NullMarked
package io.holdfast.scheduler.retention;

import org.jspecify.annotations.NullMarked;
