/** Tests of the client of the control plane. */
@NullMarked
package io.holdfast.cli.client;

import org.jspecify.annotations.NullMarked;
