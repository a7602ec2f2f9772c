/** The server that is backed up: how to reach it, with which secrets, and what it says of itself. */
@NullMarked
package io.holdfast.backup.source;

import org.jspecify.annotations.NullMarked;
