/** The service as a whole, with a real broker, database and mail server. */
@NullMarked
package io.holdfast.notifier;

import org.jspecify.annotations.NullMarked;
