/** Where messages may go. */
@NullMarked
package io.holdfast.notifier.channel;

import org.jspecify.annotations.NullMarked;
