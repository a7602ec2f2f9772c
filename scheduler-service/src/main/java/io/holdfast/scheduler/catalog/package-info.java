/**
 * What is known of backups and restores: a projection of the log into a schema of its own, which can be dropped at any
 * time and is then read anew. Events may come twice and in any order; the rows are the same in the end.
 */
@NullMarked
package io.holdfast.scheduler.catalog;

import org.jspecify.annotations.NullMarked;
