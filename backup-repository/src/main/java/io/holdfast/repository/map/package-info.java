/** File maps: which frames of which packs hold the pages of a file. */
@NullMarked
package io.holdfast.repository.map;

import org.jspecify.annotations.NullMarked;
