/** What happens when a backup is brought back. */
@NullMarked
package io.holdfast.events.restore;

import org.jspecify.annotations.NullMarked;
