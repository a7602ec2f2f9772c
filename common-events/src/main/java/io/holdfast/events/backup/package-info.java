/** What happens to backups. */
@NullMarked
package io.holdfast.events.backup;

import org.jspecify.annotations.NullMarked;
