/** How running work gets on, told often and without ado. */
@NullMarked
package io.holdfast.runtime.progress;

import org.jspecify.annotations.NullMarked;
