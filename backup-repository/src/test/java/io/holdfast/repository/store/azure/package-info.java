@NullMarked
package io.holdfast.repository.store.azure;

import org.jspecify.annotations.NullMarked;
