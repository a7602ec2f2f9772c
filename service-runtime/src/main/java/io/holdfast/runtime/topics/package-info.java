/** The topics, made where they are missing. */
@NullMarked
package io.holdfast.runtime.topics;

import org.jspecify.annotations.NullMarked;
