@NullMarked
package io.holdfast.verifier.retention;

import org.jspecify.annotations.NullMarked;
