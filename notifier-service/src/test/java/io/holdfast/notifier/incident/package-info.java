/** What is told and what is not. */
@NullMarked
package io.holdfast.notifier.incident;

import org.jspecify.annotations.NullMarked;
