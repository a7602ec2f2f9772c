/** From events to what is worth telling: one notice when something begins to fail, one when it works again. */
@NullMarked
package io.holdfast.notifier.incident;

import org.jspecify.annotations.NullMarked;
