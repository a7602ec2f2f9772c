@NullMarked
package io.holdfast.repository.read;

import org.jspecify.annotations.NullMarked;
