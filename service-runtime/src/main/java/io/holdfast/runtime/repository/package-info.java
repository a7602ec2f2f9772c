/** Repositories as definitions name them, for the services that open them. The only package here that knows the repository. */
@NullMarked
package io.holdfast.runtime.repository;

import org.jspecify.annotations.NullMarked;
