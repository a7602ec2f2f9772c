@NullMarked
package io.holdfast.repository.manifest;

import org.jspecify.annotations.NullMarked;
