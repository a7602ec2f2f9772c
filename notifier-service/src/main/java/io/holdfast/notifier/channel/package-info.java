/** Ways of telling people. Each channel is a port's adapter, named by its technology. */
@NullMarked
package io.holdfast.notifier.channel;

import org.jspecify.annotations.NullMarked;
