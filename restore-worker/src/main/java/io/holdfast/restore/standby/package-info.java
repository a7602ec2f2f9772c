/** Keeps answering the standbys that were made from repositories, for as long as they are standbys. */
@NullMarked
package io.holdfast.restore.standby;

import org.jspecify.annotations.NullMarked;
