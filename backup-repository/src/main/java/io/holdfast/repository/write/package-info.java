/** Writing a backup: one bounded pipeline from the bytes of files to packs, maps, index and manifest. */
@NullMarked
package io.holdfast.repository.write;

import org.jspecify.annotations.NullMarked;
