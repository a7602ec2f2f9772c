@NullMarked
package io.holdfast.repository.seal;

import org.jspecify.annotations.NullMarked;
