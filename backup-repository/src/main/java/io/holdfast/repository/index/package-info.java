/** The index of a backup: every file, directory and link in it, with the maps of the files. */
@NullMarked
package io.holdfast.repository.index;

import org.jspecify.annotations.NullMarked;
