/** Events come in once each: decoded, checked, handled in one transaction with the note that they were handled. */
@NullMarked
package io.holdfast.runtime.intake;

import org.jspecify.annotations.NullMarked;
