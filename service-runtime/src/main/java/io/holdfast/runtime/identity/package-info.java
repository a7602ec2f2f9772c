/** Who a process is among all others. */
@NullMarked
package io.holdfast.runtime.identity;

import org.jspecify.annotations.NullMarked;
