/** The commands of {@code holdfast}: arguments in, one call of what they stand for, output and exit code. */
@NullMarked
package io.holdfast.cli.command;

import org.jspecify.annotations.NullMarked;
