/** Notices on their way to people: durable, tried again until they have arrived. */
@NullMarked
package io.holdfast.notifier.delivery;

import org.jspecify.annotations.NullMarked;
