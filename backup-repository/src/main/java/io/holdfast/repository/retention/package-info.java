/**
 * Which backups stay, which go, and why: planned purely, then done by {@code sweep}. Times are those of backups and of the
 * one who decides; what a timeline's number is says nothing about what is older.
 */
@NullMarked
package io.holdfast.repository.retention;

import org.jspecify.annotations.NullMarked;
