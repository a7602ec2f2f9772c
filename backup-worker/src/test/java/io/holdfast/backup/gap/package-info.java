@NullMarked
package io.holdfast.backup.gap;

import org.jspecify.annotations.NullMarked;
