@NullMarked
package io.holdfast.runtime.repository;

import org.jspecify.annotations.NullMarked;
