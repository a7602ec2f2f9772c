/**
 * Deleting without a coordinator: intents of those that write, tombstones of what is deleted, and the sweep that removes
 * what nothing needs.
 */
@NullMarked
package io.holdfast.repository.sweep;

import org.jspecify.annotations.NullMarked;
