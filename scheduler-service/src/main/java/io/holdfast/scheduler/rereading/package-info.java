/** Having all that is stored read again, over and over, and at once where something next to it was found damaged. */
@NullMarked
package io.holdfast.scheduler.rereading;

import org.jspecify.annotations.NullMarked;
