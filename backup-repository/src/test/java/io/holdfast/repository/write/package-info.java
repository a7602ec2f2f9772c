@NullMarked
package io.holdfast.repository.write;

import org.jspecify.annotations.NullMarked;
