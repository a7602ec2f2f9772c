@NullMarked
package io.holdfast.repository.sweep;

import org.jspecify.annotations.NullMarked;
