/** The role that removes what no policy keeps: the only one with credentials that delete. Off unless it is switched on. */
@NullMarked
package io.holdfast.verifier.retention;

import org.jspecify.annotations.NullMarked;
