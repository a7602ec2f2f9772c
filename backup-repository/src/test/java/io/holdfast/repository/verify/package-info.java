/** Damage of every kind is found and named. */
@NullMarked
package io.holdfast.repository.verify;

import org.jspecify.annotations.NullMarked;
