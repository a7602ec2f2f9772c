@NullMarked
package io.holdfast.restore.standby;

import org.jspecify.annotations.NullMarked;
