/** Reports of drills, kept beside the backups that they tried. */
@NullMarked
package io.holdfast.repository.drill;

import org.jspecify.annotations.NullMarked;
