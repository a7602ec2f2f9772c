/**
 * Receives the write-ahead log of every cluster as it is written, and keeps it in the repository: one stream for each
 * target, over a slot that keeps what the repository does not have yet.
 */
@NullMarked
package io.holdfast.backup.stream;

import org.jspecify.annotations.NullMarked;
