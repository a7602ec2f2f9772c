/** Tests of running client programs. */
@NullMarked
package io.holdfast.backup.tool;

import org.jspecify.annotations.NullMarked;
