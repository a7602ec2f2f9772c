@NullMarked
package io.holdfast.backup.archive;

import org.jspecify.annotations.NullMarked;
