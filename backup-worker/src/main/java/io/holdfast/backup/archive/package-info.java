/** Takes the log from a server's {@code archive_command}, beside or in place of streaming it. */
@NullMarked
package io.holdfast.backup.archive;

import org.jspecify.annotations.NullMarked;
