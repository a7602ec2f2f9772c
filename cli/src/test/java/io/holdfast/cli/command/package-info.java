/** Tests of arguments, exit codes and messages. */
@NullMarked
package io.holdfast.cli.command;

import org.jspecify.annotations.NullMarked;
