/** Where objects lie: the port {@link io.holdfast.repository.store.ObjectStore}, its keys and addresses, and its adapters, each named by its technology. */
@NullMarked
package io.holdfast.repository.store;

import org.jspecify.annotations.NullMarked;
