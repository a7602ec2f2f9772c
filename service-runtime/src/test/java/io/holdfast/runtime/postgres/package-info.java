@NullMarked
package io.holdfast.runtime.postgres;

import org.jspecify.annotations.NullMarked;
