/** What a command says and how it ends: results for people or as JSON, progress, failures with their exit codes. */
@NullMarked
package io.holdfast.cli.output;

import org.jspecify.annotations.NullMarked;
