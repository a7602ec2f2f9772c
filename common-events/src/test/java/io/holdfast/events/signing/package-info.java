/** What the control plane's signature holds off. */
@NullMarked
package io.holdfast.events.signing;

import org.jspecify.annotations.NullMarked;
