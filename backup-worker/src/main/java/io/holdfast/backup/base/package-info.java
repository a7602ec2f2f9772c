/** Base backups: one bounded pass over the server's stream of files into the repository, checked on the way. */
@NullMarked
package io.holdfast.backup.base;

import org.jspecify.annotations.NullMarked;
