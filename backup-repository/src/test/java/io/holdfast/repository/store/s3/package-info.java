@NullMarked
package io.holdfast.repository.store.s3;

import org.jspecify.annotations.NullMarked;
