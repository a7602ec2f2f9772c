@NullMarked
package io.holdfast.repository.store;

import org.jspecify.annotations.NullMarked;
