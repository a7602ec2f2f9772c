/** The repository: write-once objects that hold backups and WAL, readable without anything else of Holdfast. Start at {@link io.holdfast.repository.Repository}. */
@NullMarked
package io.holdfast.repository;

import org.jspecify.annotations.NullMarked;
