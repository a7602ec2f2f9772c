@NullMarked
package io.holdfast.repository.key;

import org.jspecify.annotations.NullMarked;
