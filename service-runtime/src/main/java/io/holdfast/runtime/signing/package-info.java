/** The control plane's pinned public key. */
@NullMarked
package io.holdfast.runtime.signing;

import org.jspecify.annotations.NullMarked;
