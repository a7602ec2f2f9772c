/** What a backup's files consist of, read back frame by frame and checked: the ground that restoring and verifying stand on. */
@NullMarked
package io.holdfast.repository.content;

import org.jspecify.annotations.NullMarked;
