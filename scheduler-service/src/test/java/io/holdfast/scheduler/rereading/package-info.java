@NullMarked
package io.holdfast.scheduler.rereading;

import org.jspecify.annotations.NullMarked;
