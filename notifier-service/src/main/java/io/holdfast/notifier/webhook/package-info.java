/** Telling addresses that take what Alertmanager sends. */
@NullMarked
package io.holdfast.notifier.webhook;

import org.jspecify.annotations.NullMarked;
