/** Ids and names. */
@NullMarked
package io.holdfast.events;

import org.jspecify.annotations.NullMarked;
