/** The write-ahead log of a cluster: segments, increments of the last one, and timeline history files. */
@NullMarked
package io.holdfast.repository.wal;

import org.jspecify.annotations.NullMarked;
