@NullMarked
package io.holdfast.repository.wal;

import org.jspecify.annotations.NullMarked;
