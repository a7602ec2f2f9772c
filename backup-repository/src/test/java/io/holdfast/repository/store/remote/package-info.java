@NullMarked
package io.holdfast.repository.store.remote;

import org.jspecify.annotations.NullMarked;
