/** Writing a backup's files into directories, empty ones or such that hold a part of them already. */
@NullMarked
package io.holdfast.repository.restore;

import org.jspecify.annotations.NullMarked;
