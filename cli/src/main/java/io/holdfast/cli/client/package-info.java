/** The control plane's REST interface and its stream of events, as the commands use them. */
@NullMarked
package io.holdfast.cli.client;

import org.jspecify.annotations.NullMarked;
