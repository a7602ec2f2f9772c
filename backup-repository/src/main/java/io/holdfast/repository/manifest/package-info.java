/** Manifests: what a backup is. A backup exists exactly when its manifest does. */
@NullMarked
package io.holdfast.repository.manifest;

import org.jspecify.annotations.NullMarked;
