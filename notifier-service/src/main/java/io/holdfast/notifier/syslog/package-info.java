/** Telling collectors of logs. */
@NullMarked
package io.holdfast.notifier.syslog;

import org.jspecify.annotations.NullMarked;
