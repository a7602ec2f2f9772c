/** The job of making a backup: from a request to the event that says what came of it. */
@NullMarked
package io.holdfast.backup.job;

import org.jspecify.annotations.NullMarked;
