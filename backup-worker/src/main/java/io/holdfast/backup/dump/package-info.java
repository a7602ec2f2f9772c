/** Logical backups: what pg_dump and pg_dumpall write, streamed straight into the repository. */
@NullMarked
package io.holdfast.backup.dump;

import org.jspecify.annotations.NullMarked;
