/** To which moments a cluster can be brought back, found out from what is stored alone. */
@NullMarked
package io.holdfast.repository.window;

import org.jspecify.annotations.NullMarked;
