/** Finds what is missing in the log that ought to be in the repository, says so once, and sees to it that it is healed. */
@NullMarked
package io.holdfast.backup.gap;

import org.jspecify.annotations.NullMarked;
