@NullMarked
package io.holdfast.backup.stream;

import org.jspecify.annotations.NullMarked;
