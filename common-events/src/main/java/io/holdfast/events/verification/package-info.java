/** What reading a backup back showed. */
@NullMarked
package io.holdfast.events.verification;

import org.jspecify.annotations.NullMarked;
