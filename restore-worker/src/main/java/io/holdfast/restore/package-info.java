/** Bringing backups back: what can go wrong with a restore, and how one is watched. */
@NullMarked
package io.holdfast.restore;

import org.jspecify.annotations.NullMarked;
