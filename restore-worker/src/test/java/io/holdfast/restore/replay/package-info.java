@NullMarked
package io.holdfast.restore.replay;

import org.jspecify.annotations.NullMarked;
