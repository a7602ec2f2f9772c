@NullMarked
package io.holdfast.restore.extract;

import org.jspecify.annotations.NullMarked;
