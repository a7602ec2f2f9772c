/** The service as a whole, with a real broker, database, repository and clusters. */
@NullMarked
package io.holdfast.verifier;

import org.jspecify.annotations.NullMarked;
