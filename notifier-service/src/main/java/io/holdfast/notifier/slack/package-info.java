/** Telling in Slack. */
@NullMarked
package io.holdfast.notifier.slack;

import org.jspecify.annotations.NullMarked;
