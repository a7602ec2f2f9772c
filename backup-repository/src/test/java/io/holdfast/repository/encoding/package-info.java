@NullMarked
package io.holdfast.repository.encoding;

import org.jspecify.annotations.NullMarked;
