/** The whole chain, run as a user runs it: the script, all processes, real databases. */
@NullMarked
package io.holdfast.cli.e2e;

import org.jspecify.annotations.NullMarked;
