/** The write-ahead log that a base backup needs, brought over a connection of its own while the backup runs. */
@NullMarked
package io.holdfast.backup.wal;

import org.jspecify.annotations.NullMarked;
