/** Tests of logical backups. */
@NullMarked
package io.holdfast.backup.dump;

import org.jspecify.annotations.NullMarked;
