/** Objects in a container of Azure Blob Storage. */
@NullMarked
package io.holdfast.repository.store.azure;

import org.jspecify.annotations.NullMarked;
