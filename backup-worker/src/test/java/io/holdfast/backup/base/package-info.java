/** Tests of base backups, against real servers. */
@NullMarked
package io.holdfast.backup.base;

import org.jspecify.annotations.NullMarked;
