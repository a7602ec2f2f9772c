@NullMarked
package io.holdfast.repository.retention;

import org.jspecify.annotations.NullMarked;
