/** What readiness and liveness say. */
@NullMarked
package io.holdfast.runtime.health;

import org.jspecify.annotations.NullMarked;
