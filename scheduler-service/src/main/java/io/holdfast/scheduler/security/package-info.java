/** Who may come in, and the key with which the control plane signs. */
@NullMarked
package io.holdfast.scheduler.security;

import org.jspecify.annotations.NullMarked;
