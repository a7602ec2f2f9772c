/** The log as it happens, for those who look on. */
@NullMarked
package io.holdfast.scheduler.stream;

import org.jspecify.annotations.NullMarked;
