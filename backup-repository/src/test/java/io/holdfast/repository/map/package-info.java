@NullMarked
package io.holdfast.repository.map;

import org.jspecify.annotations.NullMarked;
