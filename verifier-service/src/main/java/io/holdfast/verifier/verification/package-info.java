/** Reading a backup back: every byte, then whether its parts fit together, physical and logical. */
@NullMarked
package io.holdfast.verifier.verification;

import org.jspecify.annotations.NullMarked;
