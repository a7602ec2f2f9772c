@NullMarked
package io.holdfast.repository.index;

import org.jspecify.annotations.NullMarked;
