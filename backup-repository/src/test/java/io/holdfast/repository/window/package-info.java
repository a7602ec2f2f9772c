@NullMarked
package io.holdfast.repository.window;

import org.jspecify.annotations.NullMarked;
