@NullMarked
package io.holdfast.repository;

import org.jspecify.annotations.NullMarked;
