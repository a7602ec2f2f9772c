@NullMarked
package io.holdfast.restore.hook;

import org.jspecify.annotations.NullMarked;
