/** What happens in drills: restores that only show that they can be done. */
@NullMarked
package io.holdfast.events.drill;

import org.jspecify.annotations.NullMarked;
