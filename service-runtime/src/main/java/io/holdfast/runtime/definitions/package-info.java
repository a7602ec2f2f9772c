/** Targets, repositories and notifications as the control plane defines them, followed from the log. */
@NullMarked
package io.holdfast.runtime.definitions;

import org.jspecify.annotations.NullMarked;
