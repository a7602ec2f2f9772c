/** Tests of the local mode's parts. */
@NullMarked
package io.holdfast.cli.local;

import org.jspecify.annotations.NullMarked;
