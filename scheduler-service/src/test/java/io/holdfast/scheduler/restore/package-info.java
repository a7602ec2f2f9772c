@NullMarked
package io.holdfast.scheduler.restore;

import org.jspecify.annotations.NullMarked;
