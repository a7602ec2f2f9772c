/** What is found in backups that are not as they should be. */
@NullMarked
package io.holdfast.verifier.verification;

import org.jspecify.annotations.NullMarked;
