/** Files of this host while work is done, gone with it whatever way it ends. */
@NullMarked
package io.holdfast.runtime.work;

import org.jspecify.annotations.NullMarked;
