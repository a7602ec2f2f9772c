/** Keys of repositories: which of them open what, and for whom they are wrapped. Needs no service, broker or database. */
@NullMarked
package io.holdfast.restore.keys;

import org.jspecify.annotations.NullMarked;
