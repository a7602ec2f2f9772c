/**
 * Sealing: how the bytes of objects are encrypted and authenticated with a key. Where keys come from is the business of
 * the package {@code key}. See docs/repository-format.md, section 10.
 */
@NullMarked
package io.holdfast.repository.seal;

import org.jspecify.annotations.NullMarked;
