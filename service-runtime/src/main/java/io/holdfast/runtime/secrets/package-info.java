/** References to secrets, resolved only where they are used. */
@NullMarked
package io.holdfast.runtime.secrets;

import org.jspecify.annotations.NullMarked;
