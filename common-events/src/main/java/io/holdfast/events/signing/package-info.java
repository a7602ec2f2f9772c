/** The control plane's signature, and how whoever acts on it checks it. */
@NullMarked
package io.holdfast.events.signing;

import org.jspecify.annotations.NullMarked;
