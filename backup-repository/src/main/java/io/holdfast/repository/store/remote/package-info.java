/** What stores behind a network have in common: addresses, retries, uploads in parts, reads that go on after a cut. */
@NullMarked
package io.holdfast.repository.store.remote;

import org.jspecify.annotations.NullMarked;
