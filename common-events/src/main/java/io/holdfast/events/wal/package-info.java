/** What becomes of a cluster's write-ahead log between its base backups: archived, standing still, holed, whole again. */
@NullMarked
package io.holdfast.events.wal;

import org.jspecify.annotations.NullMarked;
