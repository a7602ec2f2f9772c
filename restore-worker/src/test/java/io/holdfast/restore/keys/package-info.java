@NullMarked
package io.holdfast.restore.keys;

import org.jspecify.annotations.NullMarked;
